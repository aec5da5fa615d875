"""What is measured: networks, data and units, the same for every peer.

A case is plain data. All data are made up from a fixed seed, so nothing is downloaded
and every peer sees the same rows, the same targets and the same first weights.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

SEED = 20
LEARNING_RATE = 0.001
BETA_1 = 0.9
BETA_2 = 0.999
EPSILON = 1e-7


@dataclass(frozen=True)
class Case:
    """One line of questions to all peers; `value` is in `unit`, less is better."""

    name: str
    kind: str  # train | predict | import | memory | leak
    title: str
    unit: str
    widths: tuple[int, ...] = ()
    classify: bool = False
    rows: int = 0  # rows of the data set, or of one call for `predict`
    batch_size: int = 0
    repeats: int = 1  # epochs for `train`, calls for `predict` and `leak`
    fresh: bool = False  # every round in a new process
    peers: tuple[str, ...] | None = None  # None: all

    @property
    def steps(self) -> int:
        """Training steps of one run."""
        return self.repeats * (self.rows // self.batch_size)

    def shortened(self) -> Case:
        """The same question over a few steps only: shows that a peer runs."""
        if self.kind == "import":
            return self
        rows = self.rows if self.kind == "predict" else min(self.rows, 640)
        return replace(self, rows=rows, repeats=min(self.repeats, 50))


@dataclass(frozen=True)
class Data:
    """x (rows, inputs), y (rows, outputs), labels (rows,) or None; all contiguous."""

    x: np.ndarray
    y: np.ndarray
    labels: np.ndarray | None

    @property
    def nbytes(self) -> int:
        """Bytes of x and y, what a user has to hold anyway."""
        return self.x.nbytes + self.y.nbytes


SEED_NETWORK = (784, 32, 10)
TABLE_NETWORK = (20, 64, 32, 1)
WIDE_NETWORK = (784, 512, 512, 10)

CASES = (
    Case(
        name="article",
        kind="train",
        title="fit 784-32-10, batch 32, Adam, shuffled, accuracy, 60,000 rows",
        unit="us/step",
        widths=SEED_NETWORK,
        classify=True,
        rows=60_000,
        batch_size=32,
    ),
    Case(
        name="tabular",
        kind="train",
        title="fit 20-64-32-1, batch 32, Adam, shuffled, squared error, 32,000 rows",
        unit="us/step",
        widths=TABLE_NETWORK,
        rows=32_000,
        batch_size=32,
        repeats=5,
    ),
    Case(
        name="wide",
        kind="train",
        title="fit 784-512-512-10, batch 128, Adam, shuffled, accuracy, 12,800 rows",
        unit="us/step",
        widths=WIDE_NETWORK,
        classify=True,
        rows=12_800,
        batch_size=128,
    ),
    Case(
        name="predict_one",
        kind="predict",
        title="predict one row through 20-64-32-1, NumPy in and NumPy out",
        unit="us/call",
        widths=TABLE_NETWORK,
        rows=1,
        repeats=5_000,
    ),
    Case(
        name="predict_wide",
        kind="predict",
        title="predict 4,096 rows at once through 784-512-512-10",
        unit="us/call",
        widths=WIDE_NETWORK,
        classify=True,
        rows=4_096,
        repeats=8,
    ),
    Case(
        name="import",
        kind="import",
        title="import, from a started interpreter",
        unit="ms",
        fresh=True,
    ),
    Case(
        name="memory",
        kind="memory",
        title="peak memory of a process that fits 784-32-10, minus its 60,000 rows",
        unit="MB",
        widths=SEED_NETWORK,
        classify=True,
        rows=60_000,
        batch_size=32,
        fresh=True,
    ),
    Case(
        name="leak_predict",
        kind="leak",
        title="memory grown by 100,000 calls of predict_on_batch",
        unit="MB",
        widths=TABLE_NETWORK,
        rows=32,
        batch_size=32,
        repeats=100_000,
        fresh=True,
        peers=("fastnn",),
    ),
    Case(
        name="leak_train",
        kind="leak",
        title="memory grown by 100,000 calls of train_on_batch",
        unit="MB",
        widths=TABLE_NETWORK,
        rows=32,
        batch_size=32,
        repeats=100_000,
        fresh=True,
        peers=("fastnn",),
    ),
    Case(
        name="leak_build",
        kind="leak",
        title="memory grown by 1,000 rounds of build, fit, delete",
        unit="MB",
        widths=TABLE_NETWORK,
        rows=320,
        batch_size=32,
        repeats=1_000,
        fresh=True,
        peers=("fastnn",),
    ),
)

CASES_BY_NAME = {case.name: case for case in CASES}


def make_data(case: Case) -> Data:
    """Rows that a small network can learn, without a temporary of their size."""
    rng = np.random.Generator(np.random.Philox(key=SEED))
    x = np.empty((case.rows, case.widths[0]), dtype=np.float32)
    rng.random(dtype=np.float32, out=x)
    x -= np.float32(0.5)  # around zero: otherwise the wide inputs kill every relu
    teacher = rng.standard_normal((case.widths[0], case.widths[-1]), dtype=np.float32)
    score = x @ teacher
    if not case.classify:
        return Data(x, np.tanh(score), None)
    labels = score.argmax(axis=1)
    y = np.zeros(score.shape, dtype=np.float32)
    y[np.arange(case.rows), labels] = 1.0
    return Data(x, y, labels)


def first_weights(case: Case) -> list[np.ndarray]:
    """Kernel and bias of each layer in turn: Glorot uniform kernels, zero biases."""
    rng = np.random.Generator(np.random.Philox(key=SEED + 1))
    weights = []
    for inputs, units in zip(case.widths[:-1], case.widths[1:], strict=True):
        limit = np.sqrt(6.0 / (inputs + units))
        kernel = rng.uniform(-limit, limit, (inputs, units)).astype(np.float32)
        weights += [kernel, np.zeros(units, dtype=np.float32)]
    return weights


def expected_prediction(case: Case, x: np.ndarray) -> np.ndarray:
    """The plain formula, against which every peer's `predict` is checked."""
    weights = first_weights(case)
    for layer in range(0, len(weights), 2):
        x = x @ weights[layer] + weights[layer + 1]
        if layer + 2 < len(weights):
            x = np.maximum(x, 0.0)
    if case.classify:
        x = np.exp(x - x.max(axis=1, keepdims=True))
        x /= x.sum(axis=1, keepdims=True)
    return x
