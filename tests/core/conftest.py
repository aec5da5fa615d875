"""Fixtures for tests of the compiled kernels."""

import numpy as np
import pytest

from fastnn._core import dispatch
from fastnn._core.doors import Doors


@pytest.fixture(scope="session", params=dispatch.available())
def kernels(request):
    """The kernels, once for every instruction set that this machine has."""
    return Doors(dispatch.load(request.param))


@pytest.fixture(scope="session", params=["float32", "float64"])
def dtype(request):
    return np.dtype(request.param)


@pytest.fixture(autouse=True)
def only_types_that_the_case_is_for(request):
    parameters = getattr(request.node, "callspec", None)
    values = parameters.params if parameters else {}
    if "case" in values and values.get("dtype", "float32") not in values["case"].dtypes:
        pytest.skip("the kernel is not for this type")


@pytest.fixture(autouse=True, scope="session")
def quiet_infinities():
    """The reference may overflow and divide by zero where a test asks for it."""
    with np.errstate(all="ignore"):
        yield
