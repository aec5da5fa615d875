"""Fixtures for tests of the compiled kernels."""

import numpy as np
import pytest

from fastnn._core import dispatch


@pytest.fixture(scope="session", params=dispatch.available())
def kernels(request):
    """The kernels, once for every instruction set that this machine has."""
    return dispatch.load(request.param)


@pytest.fixture(scope="session", params=["float32", "float64"])
def dtype(request):
    return np.dtype(request.param)


@pytest.fixture(autouse=True, scope="session")
def quiet_infinities():
    """The reference may overflow and divide by zero where a test asks for it."""
    with np.errstate(all="ignore"):
        yield
