"""From what the machine reports to what a network learns well from."""

import numpy as np

__all__ = ["Standardizer", "machine_features"]


def machine_features(x: np.ndarray) -> np.ndarray:
    """Adds the quantities that physics suggests: products and differences of columns.

    A dense layer adds, so that a product of two columns costs it many units. The power
    at the spindle, the strain on the tool and what drives the heat off are handed over.

    Args:
        x: Columns of `predictive_maintenance.FEATURES`, (rows, 6).

    Returns:
        Array of shape (rows, 9): x, then power in W, process temperature less air
        temperature in K, tool wear times torque in min Nm.
    """
    _, air, process, speed, torque, wear = np.asarray(x, np.float64).T
    power = torque * speed * (2 * np.pi / 60)
    return np.column_stack((x, power, process - air, wear * torque))


class Standardizer:
    """Scales each column to mean 0 and standard deviation 1 of the training rows.

    Args:
        x: Training rows, (rows, columns).
    """

    def __init__(self, x: np.ndarray):
        self.mean = x.mean(axis=0)
        self.deviation = x.std(axis=0)
        self.deviation[self.deviation == 0] = 1  # a column that never changes

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """Returns x scaled, float32 of the same shape."""
        return ((x - self.mean) / self.deviation).astype(np.float32)
