import warnings

import pytest


@pytest.fixture(autouse=True)
def quiet():
    """Keras and JAX warn of their own deprecations."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
