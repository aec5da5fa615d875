"""Arrays in the memory layouts that a kernel may meet."""

import copy

import numpy as np

LAYOUTS = ("contiguous", "strided", "read_only")
MARGIN = 3  # columns on each side of a view: odd, so that no row of it is aligned


def arranged(arguments, outputs, layout):
    """A copy of the arguments in a layout.

    Args:
        arguments: Arguments of a kernel by name.
        outputs: Names of those that the kernel writes.
        layout: "contiguous"; "strided", where arrays are views into larger storage
            full of NaN; or "read_only", where the inputs cannot be written.
    """
    return {
        name: _arranged(value, layout, writable=name in outputs)
        for name, value in arguments.items()
    }


def _arranged(value, layout, writable):
    if not isinstance(value, np.ndarray):
        return copy.copy(value)
    if layout == "strided":
        return _inside_storage(value)
    array = value.copy()
    array.flags.writeable = writable or layout != "read_only"
    return array


def _inside_storage(array):
    widths = [(0, 0)] * (array.ndim - 1) + [(MARGIN, MARGIN)]
    filler = np.nan if array.dtype.kind == "f" else 99
    storage = np.pad(array, widths, constant_values=filler)
    return storage[..., MARGIN:-MARGIN]


def surroundings(array):
    """The bytes of the storage around a strided array."""
    storage = array.base.copy()
    storage[..., MARGIN:-MARGIN] = 0
    return storage.tobytes()
