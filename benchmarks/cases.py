"""What is measured: networks, data and units, the same for every peer.

A case is plain data. All data are made up from a fixed seed, so nothing is downloaded
and every peer sees the same rows, the same targets and the same first weights.
"""

from __future__ import annotations

import itertools
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
    kind: str  # peak | train | predict | import | memory | leak
    title: str
    unit: str
    widths: tuple[int, ...] = ()
    classify: bool = False
    rows: int = 0  # rows of the data set, or of one call for `predict`
    batch_size: int = 0
    repeats: int = 1  # epochs for `train`, calls for `predict` and `leak`
    seconds: float = 0.0  # of a turn: each peer repeats as often as that allows
    most_rounds: int = 1_000
    fresh: bool = False  # every round in a new process
    busy: bool = False  # another process keeps one of the processors
    whole: bool = False  # `predict` where a peer has it beside `predict_on_batch`
    peers: tuple[str, ...] | None = None  # None: all

    @property
    def steps(self) -> int:
        """Training steps of one run."""
        return self.repeats * (self.rows // self.batch_size)

    @property
    def flops(self) -> int:
        """Floating-point operations of the products of one training step: forward,
        gradient of the weights, and of the inputs but for the first layer."""
        pairs = list(itertools.pairwise(self.widths))
        products = sum(3 * a * b for a, b in pairs) - pairs[0][0] * pairs[0][1]
        return 2 * self.batch_size * products

    def shortened(self) -> Case:
        """The same question over a few steps only: shows that a peer runs."""
        if self.kind in ("import", "peak"):
            return self
        rows = min(self.rows, 4096 if self.kind == "predict" else 640)
        repeats, seconds = min(self.repeats, 50), min(self.seconds, 0.001)
        return replace(self, rows=rows, repeats=repeats, seconds=seconds)


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
LARGE_NETWORK = (1024, 2048, 2048, 10)

ARTICLE = Case(
    name="article",
    kind="train",
    title="fit 784-32-10, batch 32, Adam, shuffled, accuracy, 60,000 rows",
    unit="us/step",
    widths=SEED_NETWORK,
    classify=True,
    rows=60_000,
    batch_size=32,
)
WIDE = Case(
    name="wide",
    kind="train",
    title="fit 784-512-512-10, batch 128, Adam, shuffled, accuracy, 12,800 rows",
    unit="us/step",
    widths=WIDE_NETWORK,
    classify=True,
    rows=12_800,
    batch_size=128,
)
ONE_ROW = Case(
    name="predict_one",
    kind="predict",
    title="predict_on_batch, one row through 20-64-32-1, NumPy in and NumPy out",
    unit="us/call",
    widths=TABLE_NETWORK,
    rows=1,
    repeats=5_000,
)
CONTENDED = {"busy": True, "peers": ("fastnn", "fastnn_1t"), "most_rounds": 5}

CASES = (
    Case(
        name="peak",
        kind="peak",
        title="FMA peak, and memory copied and read, of this machine",
        unit="GFLOP/s, GB/s",
        peers=("fastnn",),
    ),
    ARTICLE,
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
    WIDE,
    Case(
        name="large",
        kind="train",
        title="fit 1024-2048-2048-10, batch 512, Adam, shuffled, accuracy, 2,048 rows",
        unit="us/step",
        widths=LARGE_NETWORK,
        classify=True,
        rows=2_048,
        batch_size=512,
        most_rounds=3,
    ),
    ONE_ROW,
    replace(
        ONE_ROW,
        name="predict_method",
        title="predict, one row through 20-64-32-1, NumPy in and NumPy out",
        repeats=500,
        whole=True,
        peers=("fastnn", "keras"),
    ),
    Case(
        name="predict_table",
        kind="predict",
        title="predict_on_batch, 100,000 rows at once through 20-64-32-1",
        unit="us/call",
        widths=TABLE_NETWORK,
        rows=100_000,
        repeats=8,
    ),
    Case(
        name="predict_wide",
        kind="predict",
        title="predict_on_batch, 4,096 rows at once through 784-512-512-10",
        unit="us/call",
        widths=WIDE_NETWORK,
        classify=True,
        rows=4_096,
        repeats=8,
    ),
    replace(
        ARTICLE,
        name="article_contended",
        title="article, while another process keeps one processor busy",
        **CONTENDED,
    ),
    replace(
        WIDE,
        name="wide_contended",
        title="wide, while another process keeps one processor busy",
        **CONTENDED,
    ),
    Case(
        name="import",
        kind="import",
        title="import, from a started interpreter",
        unit="ms",
        fresh=True,
        most_rounds=3,
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
        most_rounds=2,
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
        most_rounds=1,
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
        most_rounds=1,
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
        most_rounds=1,
        peers=("fastnn",),
    ),
)

CASES_BY_NAME = {case.name: case for case in CASES}

# Of the grid, in order of interest: a run that has to be short takes the first.
BATCHES = (32, 128, 1, 512, 8)
WIDTHS = (32, 512, 128, 2048, 8, 64, 1024, 256, 16)
DEPTHS = (2, 1, 4, 3)
EPOCH_FLOPS = 5e8  # an epoch of a cell has as many steps as make up these,
EPOCH_STEPS = (2, 256)  # within bounds
GRID_SECONDS = 0.1


def cell(batch_size: int, width: int, depth: int) -> Case:
    """`depth` hidden layers as wide as the input, and one output."""
    name = f"grid-b{batch_size}-w{width}-d{depth}"
    widths = (*[width] * (depth + 1), 1)
    title = f"fit {'-'.join(map(str, widths))}, batch {batch_size}, Adam, squared error"
    case = Case(name, "train", title, "us/step", widths, batch_size=batch_size)
    steps = min(max(int(EPOCH_FLOPS / case.flops), EPOCH_STEPS[0]), EPOCH_STEPS[1])
    return replace(case, rows=steps * batch_size, seconds=GRID_SECONDS)


def grid(
    batches: tuple[int, ...], widths: tuple[int, ...], depths: tuple[int, ...]
) -> list[Case]:
    """The cells, those of most interest and the corners first."""

    def place(cell_):
        batch, width, depth = cell_
        return BATCHES.index(batch) + WIDTHS.index(width) + DEPTHS.index(depth)

    cells = sorted(itertools.product(batches, widths, depths), key=place)
    return [cell(*each) for each in cells]


def case_named(name: str) -> Case:
    """A case of the list or a cell of the grid."""
    if not name.startswith("grid-"):
        return CASES_BY_NAME[name]
    batch_size, width, depth = (int(part[1:]) for part in name.split("-")[1:])
    return cell(batch_size, width, depth)


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
