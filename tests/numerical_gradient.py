"""Derivatives by finite differences."""

import numpy as np


def numerical_gradient(function, point, step=1e-3):
    """The gradient of a function of an array, by five-point central differences.

    The error is of the order of step ** 4 times the fifth derivative (Abramowitz and
    Stegun, 1964, 25.3.6). The function must be smooth within two steps of the point.

    Args:
        function: ``array -> float``.
        point: Array of float64, not changed.
        step: Distance between the points.

    Returns:
        Array of float64 with the shape of `point`.
    """
    gradient = np.empty_like(point)
    for index in np.ndindex(point.shape):
        moved = point.copy()
        values = []
        for offset in (-2, -1, 1, 2):
            moved[index] = point[index] + offset * step
            values.append(function(moved))
        far_left, left, right, far_right = values
        gradient[index] = (far_left - 8 * left + 8 * right - far_right) / (12 * step)
    return gradient
