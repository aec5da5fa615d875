"""The rows that a network is fed with."""

import numpy as np

from fastnn.data.convert import KEPT_DTYPES, as_numbers

__all__ = ["as_features", "as_values"]


def as_features(
    x,
    *,
    shape: tuple | None = None,
    name: str = "x",
    layer: str | None = None,
    allow_empty: bool = False,
) -> np.ndarray:
    """Checks features and makes their rows contiguous.

    Args:
        x: Array-like of shape (rows, *shape); (rows,) is taken for shape (1,).
        shape: Shape of one row, `None` for a free axis; `None` takes any shape of rank
            1 or more.
        name: What the user calls it, for messages.
        layer: The layer that takes it, for messages.
        allow_empty: Whether 0 rows will do.

    Returns:
        C-contiguous array of shape (rows, *shape) and one of the `KEPT_DTYPES`;
        contiguous data of these are not copied.

    Raises:
        TypeError: If `x` does not hold real numbers.
        ValueError: If it has the wrong shape, no rows, or masked entries.
    """
    if (
        type(x) is np.ndarray
        and x.dtype in KEPT_DTYPES
        and x.shape[1:] == shape
        and len(x)
        and x.flags.c_contiguous
        and x.flags.aligned
    ):
        return x
    array = as_numbers(x, name)
    if array.ndim == 1 and shape is not None and tuple(shape) == (1,):
        array = array[:, np.newaxis]
    _check_shape(array, shape, name, layer)
    if not array.size and not (allow_empty and not len(array)):
        raise ValueError(
            f"`{name}` is expected to have at least one row and one value per row. "
            f"Received: shape {array.shape}"
        )
    return array


def as_values(
    x,
    *,
    shape: tuple | None = None,
    name: str = "x",
    layer: str | None = None,
    allow_empty: bool = False,
) -> np.ndarray:
    """Makes an array of features of any type, strings included, for a layer that says
    itself what it takes.

    Args and raises: as in `as_features`, but for the type.
    """
    if isinstance(x, np.ma.MaskedArray):
        raise ValueError(
            f"`{name}` is expected to be complete. Received: a masked array"
        )
    array = x.to_numpy() if hasattr(x, "to_numpy") else np.asarray(x)
    if array.ndim == 1 and shape is not None and tuple(shape) == (1,):
        array = array[:, np.newaxis]
    _check_shape(array, shape, name, layer)
    if not array.size and not (allow_empty and not len(array)):
        raise ValueError(
            f"`{name}` is expected to have at least one row and one value per row. "
            f"Received: shape {array.shape}"
        )
    return array


def _check_shape(array, shape, name, layer) -> None:
    if array.ndim == 0:
        raise ValueError(
            f"`{name}` is expected to have one row per sample. Received: the single "
            f"value {array!r}"
        )
    if shape is None or _fits(array.shape[1:], shape):
        return
    expected = ", ".join(["rows", *("any" if n is None else str(n) for n in shape)])
    owner = f"Layer {layer!r}: " if layer else ""
    hint = ""
    if _fits(array.shape, shape):
        hint = f"; for a single sample pass `{name}[np.newaxis]`"
    raise ValueError(
        f"{owner}`{name}` is expected to have shape ({expected}). "
        f"Received: shape {array.shape}{hint}"
    )


def _fits(received: tuple, expected: tuple) -> bool:
    return len(received) == len(expected) and all(
        want is None or want == have
        for have, want in zip(received, expected, strict=True)
    )
