"""The precision in which the reference computes."""

import numpy as np


def wide(array):
    """The array's values in float64, in which the reference does all its sums."""
    return np.asarray(array, dtype=np.float64)
