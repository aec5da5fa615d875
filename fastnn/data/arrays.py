"""A checked data set, and its split into a training and a validation part."""

import dataclasses
import math
from numbers import Real

import numpy as np

__all__ = ["Arrays", "split"]


@dataclasses.dataclass(frozen=True, slots=True)
class Arrays:
    """Rows that went through the door.

    Attributes:
        x: Features, (rows, *input_shape).
        y: Targets, (rows, ...), or None.
        weight: One weight per row, (rows,), or None.
        rows: Number of rows.
    """

    x: np.ndarray
    y: np.ndarray | None
    weight: np.ndarray | None
    rows: int


def split(arrays: Arrays, validation_split: float) -> tuple[Arrays, Arrays]:
    """Sets the last rows aside for validation, before any shuffling; copies nothing.

    Args:
        arrays: All rows.
        validation_split: The part to set aside, in (0, 1). Training keeps
            floor(rows * (1 - validation_split)) rows, as in Keras.

    Returns:
        The training rows and the validation rows.

    Raises:
        ValueError: If the split is outside (0, 1) or leaves a part without rows.
    """
    if not isinstance(validation_split, Real) or not 0 < validation_split < 1:
        raise ValueError(
            "`validation_split` is expected to be between 0 and 1, both excluded. "
            f"Received: validation_split={validation_split!r}"
        )
    kept = math.floor(arrays.rows * (1.0 - validation_split))
    if not 0 < kept < arrays.rows:
        raise ValueError(
            "`validation_split` is expected to leave rows for training and for "
            f"validation. Received: validation_split={validation_split} of "
            f"{arrays.rows} rows"
        )
    return _rows(arrays, 0, kept), _rows(arrays, kept, arrays.rows)


def _rows(arrays: Arrays, start: int, stop: int) -> Arrays:
    def cut(array):
        return None if array is None else array[start:stop]

    return Arrays(cut(arrays.x), cut(arrays.y), cut(arrays.weight), stop - start)
