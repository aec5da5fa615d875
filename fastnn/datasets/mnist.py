"""MNIST: 70,000 handwritten digits of 28 x 28 pixels (LeCun, Cortes; CC BY-SA 3.0)."""

import gzip
import math
import os
import zipfile
import zlib
from pathlib import Path

import numpy as np

from fastnn.datasets.files import cache_folder, find_file

__all__ = ["load_data"]

_MIRRORS = (
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
)
_DEFAULT_PATH = "mnist.npz"

# Array, file, SHA-256, shape.
_FILES = (
    (
        "x_train",
        "train-images-idx3-ubyte.gz",
        "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
        (60000, 28, 28),
    ),
    (
        "y_train",
        "train-labels-idx1-ubyte.gz",
        "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
        (60000,),
    ),
    (
        "x_test",
        "t10k-images-idx3-ubyte.gz",
        "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
        (10000, 28, 28),
    ),
    (
        "y_test",
        "t10k-labels-idx1-ubyte.gz",
        "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
        (10000,),
    ),
)


def load_data(path: str | os.PathLike = _DEFAULT_PATH):
    """Loads MNIST.

    Args:
        path: A file such as Keras keeps, with the arrays x_train, y_train, x_test and
            y_test; absolute, or relative to the cache folder. Without a file of the
            default name the four original files are read from FASTNN_DATA_DIR/mnist or
            the cache, or downloaded (12 MB) once.

    Returns:
        `(x_train, y_train), (x_test, y_test)`, uint8: pictures of shape
        (60000, 28, 28) and (10000, 28, 28) with values from 0 to 255, digits of shape
        (60000,) and (10000,).

    Raises:
        FileNotFoundError: If a path other than the default does not exist.
        ValueError: If a file is damaged.
        ConnectionError: If nothing can be downloaded.

    Example:
        >>> (x_train, y_train), (x_test, y_test) = fastnn.datasets.mnist.load_data()
        >>> x_train = x_train.reshape(60000, 784) / 255
    """
    local = cache_folder() / path  # an absolute path stays itself
    if local.is_file() or os.fspath(path) != _DEFAULT_PATH:
        arrays = _read_npz(local)
    else:
        arrays = [
            _read_idx(
                find_file("mnist", name, [base + name for base in _MIRRORS], digest),
                shape,
            )
            for _, name, digest, shape in _FILES
        ]
    x_train, y_train, x_test, y_test = arrays
    return (x_train, y_train), (x_test, y_test)


def _read_idx(path: Path, shape: tuple) -> np.ndarray:
    """Reads the format of the original files: type, rank, sizes, then the bytes."""
    array = np.empty(shape, np.uint8)
    header = bytes([0, 0, 8, len(shape)]) + np.array(shape, ">u4").tobytes()
    with gzip.open(path) as file:
        received = file.read(len(header))
        if received != header:
            raise ValueError(
                f"{path} is expected to hold bytes of shape {shape}. "
                f"Received: header {received.hex()}"
            )
        # Straight into the array: reading it whole first would take twice the memory.
        target = array.data.cast("B")
        done = 0
        while done < len(target):
            count = file.readinto(target[done:])
            if not count:
                raise ValueError(
                    f"{path} is expected to hold {math.prod(shape)} bytes. "
                    f"Received: {done}"
                )
            done += count
    return array


def _read_npz(path: Path) -> list[np.ndarray]:
    try:
        # Opened here, because NumPy leaves a damaged file open.
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as archive:
            arrays = [archive[key] for key, *_ in _FILES]
    except (zipfile.BadZipFile, zlib.error, KeyError, EOFError, ValueError) as error:
        raise ValueError(
            f"{path} is expected to hold x_train, y_train, x_test and y_test. "
            f"Received: {error}"
        ) from error
    for array, (key, _, _, shape) in zip(arrays, _FILES, strict=True):
        if array.shape != shape or array.dtype != np.uint8:
            raise ValueError(
                f"{path} is expected to hold {key} of shape {shape}, uint8. "
                f"Received: shape {array.shape}, {array.dtype}"
            )
    return arrays
