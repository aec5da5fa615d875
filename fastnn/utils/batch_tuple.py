"""(x, y, sample_weight) in one value and back."""

from __future__ import annotations

from typing import Any

__all__ = ["pack_x_y_sample_weight", "unpack_x_y_sample_weight"]


def unpack_x_y_sample_weight(data: Any) -> tuple[Any, Any, Any]:
    """Returns (x, y, sample_weight) of a batch, None for what is not there.

    Args:
        data: x, (x,), (x, y) or (x, y, sample_weight), as a tuple or a list.

    Raises:
        ValueError: If it has more parts.

    Example:
        >>> class Mine(fastnn.Sequential):
        ...     def train_step(self, data):
        ...         x, y, sample_weight = unpack_x_y_sample_weight(data)
        ...         ...
    """
    if not isinstance(data, tuple | list):
        return data, None, None
    if not 1 <= len(data) <= 3:
        raise ValueError(
            "Expected a batch to be x, (x,), (x, y) or (x, y, sample_weight). "
            f"Received: {type(data).__name__} of {len(data)} parts"
        )
    x, y, sample_weight = (*data, None, None)[:3]
    return x, y, sample_weight


def pack_x_y_sample_weight(x: Any, y: Any = None, sample_weight: Any = None) -> Any:
    """Returns x, y and the weights as `train_step` and `test_step` get them.

    Args:
        x: Features.
        y: Targets, or None.
        sample_weight: Weights, or None.

    Returns:
        x, or (x,) if x is itself a tuple or a list; (x, y); or (x, y, sample_weight).
    """
    if y is None:
        return (x,) if isinstance(x, tuple | list) else x
    if sample_weight is None:
        return x, y
    return x, y, sample_weight
