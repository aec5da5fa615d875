"""Predictive maintenance of a milling machine: the AI4I 2020 data and their process.

S. Matzka (2020), "Explainable Artificial Intelligence for Predictive Maintenance
Applications", AI4I 2020, doi:10.1109/AI4I49448.2020.00023. The data (CC BY 4.0) are at
https://doi.org/10.24432/C5HS5C.
"""

from __future__ import annotations

import csv
import gzip
import io
import os
import zipfile
import zlib
from pathlib import Path

import numpy as np

from fastnn import random
from fastnn.datasets.files import find_file, sha256

__all__ = ["FEATURES", "TARGETS", "load_data", "make_data", "read_csv", "split"]

#: The columns of x.
FEATURES = (
    "Type",
    "Air temperature [K]",
    "Process temperature [K]",
    "Rotational speed [rpm]",
    "Torque [Nm]",
    "Tool wear [min]",
)
#: The columns of y: the failure, and its modes by tool wear, heat dissipation, power,
#: overstrain and chance.
TARGETS = ("Machine failure", "TWF", "HDF", "PWF", "OSF", "RNF")

_TYPES = "LMH"
_URLS = (
    "https://archive.ics.uci.edu/ml/machine-learning-databases/00601/ai4i2020.csv",
    "https://archive.ics.uci.edu/static/public/601/"
    "ai4i+2020+predictive+maintenance+dataset.zip",
)
_DIGEST = "53d0e7b71f760829a91ec3a9df54c0f044836074a227fe5be5a06bedd0cb1125"


def load_data(
    path: str | os.PathLike | None = None, test_split: float = 0.2, seed: int = 113
):
    """Loads the AI4I 2020 data, 10,000 parts of which 3.39 % failed.

    Args:
        path: The CSV file, plain, gzipped or in a zip file. `None` takes it from
            FASTNN_DATA_DIR/ai4i2020/ai4i2020.csv.gz or the cache, or downloads it once
            (0.5 MB).
        test_split: The part of the rows for testing, the same of failures and others.
        seed: Seed of the split.

    Returns:
        `(x_train, y_train), (x_test, y_test)`: x float64 of shape (rows, 6) with the
        columns FEATURES, the type L, M, H as 0, 1, 2; y uint8 of shape (rows, 6) with
        the columns TARGETS.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If the file is damaged or lacks a column.
        ConnectionError: If it cannot be downloaded.

    Example:
        >>> (x_train, y_train), (x_test, y_test) = predictive_maintenance.load_data()
        >>> failed = y_train[:, 0]
    """
    if path is None:
        inside = bool(os.environ.get("FASTNN_DATA_DIR"))
        name = "ai4i2020.csv.gz" if inside else "ai4i2020.csv"
        path = find_file("ai4i2020", name, _URLS, _DIGEST, _digest_of_text)
    return split(*read_csv(path), test_split=test_split, seed=seed)


def make_data(rows: int = 10000, seed: int = 2016) -> tuple[np.ndarray, np.ndarray]:
    """Makes data by the process that made the AI4I 2020 data; needs no file.

    Args:
        rows: Number of parts, made one after the other on one machine.
        seed: The same seed gives the same rows everywhere.

    Returns:
        x float64 of shape (rows, 6) with the columns FEATURES and y uint8 of shape
        (rows, 6) with the columns TARGETS, as from `load_data`.

    Raises:
        ValueError: If `rows` is not positive.
    """
    if rows <= 0:
        raise ValueError(f"`rows` is expected to be positive. Received: rows={rows}")
    draw = _Draws(random.generator(seed), rows)
    kind = np.digitize(draw.uniform(), (0.6, 0.9))
    air = 300 + 2 * draw.walk()
    process = air + 10 + draw.walk()
    torque = np.round(np.abs(40 + 10 * draw.normal()), 1)
    speed = np.round(_speed(torque) + 50 * draw.normal())
    wear, worn_out = _wear(kind, draw.uniform(), draw.uniform())
    power = torque * speed * (2 * np.pi / 60)
    modes = (
        worn_out,
        (process - air < 8.6) & (speed < 1380),
        (power < 3500) | (power > 9000),
        wear * torque > np.array((11000, 12000, 13000))[kind],
        draw.uniform() < 0.001,
    )
    columns = (kind, np.round(air, 1), np.round(process, 1), speed, torque, wear)
    x = np.stack(columns, axis=1).astype(np.float64)
    y = np.stack((np.any(modes, axis=0), *modes), axis=1).astype(np.uint8)
    return x, y


def read_csv(path: str | os.PathLike) -> tuple[np.ndarray, np.ndarray]:
    """Reads a file in the format of AI4I 2020, plain or packed, into (x, y).

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If a column is missing, or a row holds something else than numbers.
    """
    lines = csv.reader(_text(Path(path).read_bytes()).splitlines())
    header = next(lines, [])
    missing = [name for name in (*FEATURES, *TARGETS) if name not in header]
    if missing:
        raise ValueError(
            f"{path} is expected to have the columns {', '.join(missing)}. "
            f"Received: {', '.join(header) or 'an empty file'}"
        )
    at = [header.index(name) for name in (*FEATURES, *TARGETS)]
    table = []
    for number, line in enumerate(lines, start=2):
        try:
            kind = float(_TYPES.index(line[at[0]]))
            table.append([kind, *(float(line[column]) for column in at[1:])])
        except (ValueError, IndexError) as error:
            raise ValueError(
                f"{path}, line {number}: expected a type L, M or H and numbers. "
                f"Received: {','.join(line)}"
            ) from error
    numbers = np.array(table).reshape(-1, len(at))
    return numbers[:, : len(FEATURES)], numbers[:, len(FEATURES) :].astype(np.uint8)


def split(x: np.ndarray, y: np.ndarray, test_split: float = 0.2, seed: int = 113):
    """Splits rows at random, failures and others in the same proportion.

    Args:
        x: Features, (rows, 6).
        y: Targets, (rows, 6); the first column is stratified by.
        test_split: The part for testing, in [0, 1).
        seed: Seed of the split.

    Returns:
        `(x_train, y_train), (x_test, y_test)`.

    Raises:
        ValueError: If `test_split` is outside [0, 1).
    """
    if not 0 <= test_split < 1:
        raise ValueError(
            f"`test_split` is expected in [0, 1). Received: test_split={test_split}"
        )
    order = random.permutation(seed, 0, len(x))
    chosen = np.zeros(len(x), bool)
    for value in (0, 1):
        rows = order[y[order, 0] == value]
        chosen[rows[: round(len(rows) * test_split)]] = True
    test, train = order[chosen[order]], order[~chosen[order]]
    return (x[train], y[train]), (x[test], y[test])


class _Draws:
    """Columns of random numbers.

    Normal ones come from uniform ones by Box and Muller's formula: NumPy keeps the
    stream of uniform numbers as it is, but may change how it makes normal ones.
    """

    def __init__(self, generator: np.random.Generator, rows: int):
        self._generator = generator
        self._rows = rows

    def uniform(self) -> np.ndarray:
        return self._generator.random(self._rows)

    def normal(self) -> np.ndarray:
        radius = np.sqrt(-2 * np.log1p(-self.uniform()))
        return radius * np.cos(2 * np.pi * self.uniform())

    def walk(self) -> np.ndarray:
        """A random walk with mean 0 and standard deviation 1."""
        steps = np.cumsum(self.normal())
        return (steps - steps.mean()) / (steps.std() or 1)


def _speed(torque: np.ndarray) -> np.ndarray:
    """Speed in rpm at a torque in Nm.

    The paper derives it from a power of 2860 W. In the published file that is the power
    above an idle speed of 905 rpm, with 5.7 Nm of friction and a limit of 2850 rpm, all
    three fitted to it.
    """
    return np.minimum(905 + 2860 * (60 / (2 * np.pi)) / (torque + 5.7), 2850)


def _wear(kind, tool_life, luck) -> tuple[np.ndarray, np.ndarray]:
    """Tool wear in minutes before each part, and whether the tool fails at it.

    A part of type L, M, H takes 2, 3, 5 minutes of the tool. At a wear drawn for each
    tool between 200 and 240 minutes it fails (51 of the paper's 120) or is replaced.
    """
    wear = np.zeros(len(kind))
    fails = np.zeros(len(kind), bool)
    minutes, life = 0.0, 200 + 40 * tool_life[0]
    for part, cost in enumerate(np.array((2.0, 3.0, 5.0))[kind]):
        wear[part] = minutes
        minutes += cost
        if wear[part] >= life:
            fails[part] = luck[part] < 51 / 120
            minutes, life = 0.0, 200 + 40 * tool_life[part]
    return wear, fails


def _text(content: bytes) -> str:
    """The lines of a CSV file that may be gzipped or alone in a zip file."""
    try:
        if content.startswith(b"\x1f\x8b"):
            content = gzip.decompress(content)
        elif content.startswith(b"PK"):
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                content = archive.read(archive.namelist()[0])
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, IndexError) as error:
        raise ValueError(
            f"A packed CSV file is expected to be whole. Received: {error}"
        ) from error
    return content.decode("utf-8-sig", errors="replace")


def _digest_of_text(content: bytes) -> str:
    """SHA-256 of the lines alone: the file is about with two kinds of line ends."""
    try:
        lines = _text(content).splitlines()
    except ValueError:
        return "none, the file cannot be unpacked"
    return sha256("".join(f"{line}\n" for line in lines).encode())
