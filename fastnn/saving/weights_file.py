"""Named arrays in one `.npz` file: written whole or not at all, read without pickle."""

import errno
import math
import os
import struct
import zipfile
import zlib

import numpy as np

from fastnn.saving.whole_file import whole_file

__all__ = ["load_arrays", "save_arrays"]

_KINDS = "biuf"
# RuntimeError: an encrypted entry, or a feature of zip that nobody writes here.
_DAMAGES = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OverflowError,
    RuntimeError,
)
_READ_HEADER = {
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
}
# The end of a zip file without a comment: signature, number of entries, comment length.
_LAST_RECORD = struct.Struct("<4s6xH8xH")


def save_arrays(path, arrays: list[tuple[str, np.ndarray]]) -> None:
    """Writes arrays to an uncompressed `.npz` file.

    The file is written beside `path` under another name, flushed to disk and then
    renamed, so that at every moment `path` is the old file or the new one.

    Args:
        path: Path of the file, ending in ".npz".
        arrays: (name, array) pairs in the order that `load_arrays` returns them; names
            are unique, the arrays hold numbers.

    Raises:
        ValueError: If the path has another ending, a name comes twice or an array does
            not hold real numbers.
        OSError: If the file cannot be written; what was there before is untouched.
    """
    path = _checked_path(path)
    names = [name for name, _ in arrays]
    if len(set(names)) != len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"Names are expected to differ. Received: {twice!r} twice")
    for name, array in arrays:
        if np.asarray(array).dtype.kind not in _KINDS:
            raise ValueError(
                f"Arrays are expected to hold real numbers. Received: {name!r} of "
                f"dtype {np.asarray(array).dtype}"
            )
    with whole_file(path) as file, zipfile.ZipFile(file, "w") as archive:
        for name, array in arrays:
            # An entry of its own has a fixed date: equal weights make equal files.
            entry = zipfile.ZipInfo(f"{name}.npy")
            with archive.open(entry, "w", force_zip64=True) as stream:
                np.lib.format.write_array(
                    stream, np.asarray(array, order="C"), allow_pickle=False
                )


def load_arrays(path) -> list[tuple[str, np.ndarray]]:
    """Reads what `save_arrays` wrote.

    Nothing in the file is executed, and no more memory is taken than it has bytes.

    Args:
        path: Path of the file, ending in ".npz".

    Returns:
        (name, array) pairs in the order of the file.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If the path has another ending, or the file is damaged or something
            else than uncompressed arrays of numbers.
    """
    path = _checked_path(path)
    with open(path, "rb") as file:
        try:
            with zipfile.ZipFile(file) as archive:
                entries = archive.infolist()
                _check_count(file, len(entries), path)
                return [_read(archive, entry, path) for entry in entries]
        except _DAMAGES as error:
            raise _damaged(path, str(error) or type(error).__name__) from error
        except OSError as error:
            if error.errno == errno.EINVAL:  # a position before the file's begin
                raise _damaged(path, str(error)) from error
            raise


def _check_count(file, count: int, path: str) -> None:
    """Compares with the number in the last record, which zipfile does not look at."""
    file.seek(-_LAST_RECORD.size, os.SEEK_END)
    signature, expected, comment = _LAST_RECORD.unpack(file.read())
    if signature != b"PK\5\6" or comment or count != expected:
        raise _damaged(path, f"{count} arrays and a directory that says otherwise")


def _read(archive, entry: zipfile.ZipInfo, path: str) -> tuple[str, np.ndarray]:
    if entry.compress_type != zipfile.ZIP_STORED or not entry.filename.endswith(".npy"):
        raise _damaged(path, f"entry {entry.filename!r} is no uncompressed array")
    name = entry.filename.removesuffix(".npy")
    with archive.open(entry) as file:
        try:
            version = np.lib.format.read_magic(file)
            shape, fortran, dtype = _READ_HEADER[version](file)
        except (ValueError, KeyError) as error:
            raise _damaged(path, f"array {name!r}: {error}") from error
        # Also proves the checksum of the entry, because it reads to its end.
        data = file.read()
    if dtype.kind not in _KINDS:
        raise _damaged(path, f"array {name!r} holds {dtype}, no numbers")
    if min(shape, default=0) < 0 or len(data) != math.prod(shape) * dtype.itemsize:
        raise _damaged(
            path, f"array {name!r} of {len(data)} bytes for shape {shape}, {dtype}"
        )
    array = np.ndarray(shape, dtype, bytearray(data), order="F" if fortran else "C")
    return name, array


def _checked_path(path) -> str:
    path = os.fspath(path)
    if not path.endswith(".npz"):
        raise ValueError(
            f"Weights are kept in files that end in '.npz'. Received: {path!r}"
        )
    return path


def _damaged(path: str, why: str) -> ValueError:
    return ValueError(
        f"{path!r} is expected to be a whole weights file. Received: {why}"
    )
