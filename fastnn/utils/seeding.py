"""One call that seeds everything."""

import operator
import random as python_random

import numpy as np

from fastnn import random

__all__ = ["set_random_seed"]


def set_random_seed(seed: int) -> None:
    """Seeds Python's `random`, NumPy's global generator and fastnn.

    Two runs of one program that call this first get the same weights, the same order of
    the rows and the same dropout, on any number of threads.

    Args:
        seed: An integer in [0, 2**32), the range that NumPy takes.

    Raises:
        ValueError: If it is not such an integer.

    Example:
        >>> fastnn.utils.set_random_seed(812)
    """
    try:
        value = operator.index(seed)
    except TypeError:
        value = -1
    if not 0 <= value < 2**32:
        raise ValueError(
            "`seed` is expected to be an integer in [0, 2**32). "
            f"Received: seed={seed!r} (of type {type(seed).__name__})"
        )
    python_random.seed(value)
    np.random.seed(value)
    random.set_seed(value)
