"""Measures each layer, forward and backward, and each optimizer's update, one by one.

    python -m benchmarks.operations
    python -m benchmarks.operations --only Dense Adam softmax --sizes 128x512

Layers, activations and optimizers that fastnn exports take part, on one thread,
beside NumPy by hand in the same process, in turns. `bound` is what the operation could
take at least: its bytes at the rate at which as much memory as it touches is copied
here, or its arithmetic at that of multiply-adds in registers, or its square roots and
divisions at that of such in first-level cache, whichever is most.
"""

from __future__ import annotations

import argparse
import inspect
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

import fastnn
from benchmarks import by_hand, machine, peak
from fastnn import activations, layers, optimizers
from fastnn.plan.costs import (
    FORWARD_PRODUCTS,
    INPUT_PRODUCTS,
    WEIGHT_PRODUCTS,
    elements,
    flops,
    nbytes,
    traffic,
)
from fastnn.training.profile import profile

SIZES = ((32, 64), (128, 512), (1024, 1024))  # rows, width
# A square root and a division for each element.
WITH_ROOTS = (
    "adagrad_update", "adam_amsgrad_update", "adam_update", "lamb_update",
    "nadam_update", "rmsprop_update",
)  # fmt: skip
PRODUCTS = (
    *FORWARD_PRODUCTS,
    *WEIGHT_PRODUCTS,
    *INPUT_PRODUCTS,
    "mixed_product",
    "symmetric_product",
)
# what a layer needs to be made that follows from no other argument
ARGUMENTS = {
    "ActivityRegularization": lambda width: {"l1": 1e-3, "l2": 1e-3},
    "AlphaDropout": lambda width: {"rate": 0.5},
    "Dense": lambda width: {"units": width},
    "Dropout": lambda width: {"rate": 0.5},
    "GaussianDropout": lambda width: {"rate": 0.5},
    "GaussianNoise": lambda width: {"stddev": 0.1},
    "Permute": lambda width: {"dims": (1,)},
    "Reshape": lambda width: {"target_shape": (width,)},
    "SpectralNormalization": lambda width: {"layer": layers.Dense(width)},
}
THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
NUMPY_SECONDS = 0.02  # of one turn of NumPy


@dataclass(frozen=True)
class Subject:
    """One layer, activation or optimizer."""

    kind: str
    name: str
    hand: object  # its NumPy, or None

    def layer(self, width: int):
        if self.kind == "activation":
            return layers.Activation(self.name)
        arguments = ARGUMENTS.get(self.name, lambda width: {})(width)
        return getattr(layers, self.name)(**arguments)


@dataclass
class Measured:
    """Seconds: fastnn's, NumPy's (None without one), and the bound."""

    ours: float
    theirs: float | None
    bound: float


def subjects() -> Iterator[Subject]:
    """All that fastnn exports; those that no formula in NumPy stands beside as well."""
    for name in layers.__all__:
        cls = getattr(layers, name)
        if inspect.isclass(cls) and issubclass(cls, layers.Layer) and _computes(cls):
            yield Subject("layer", name, by_hand.LAYERS.get(name))
    for name in activations.__all__:
        if name in by_hand.ACTIVATIONS:
            yield Subject("activation", name, by_hand.ACTIVATIONS[name])
    for name in optimizers.__all__:
        cls = getattr(optimizers, name)
        known = inspect.isclass(cls) and issubclass(cls, optimizers.Optimizer)
        if known and cls not in _WITHOUT_A_RULE:
            yield Subject("optimizer", name, by_hand.OPTIMIZERS.get(name))


_WITHOUT_A_RULE = (
    optimizers.LossScaleOptimizer, optimizers.MultiOptimizer, optimizers.Optimizer
)  # fmt: skip
# Operations of an update that are not called one.
_OF_AN_UPDATE = (
    "mixed_product", "muon_direction", "normalized_transposes", "squares",
    "symmetric_product",
    "weight_decay",
)  # fmt: skip


def _computes(cls) -> bool:
    """Whether a layer is one of a network's own, on numbers."""
    outside = "preprocessing" in cls.__module__
    return not outside and cls not in (
        layers.Activation, layers.Input, layers.InputLayer, layers.Layer
    )  # fmt: skip


def model_of(subject: Subject, width: int):
    """A network around the subject, each operation on its own: a layer stands between
    two others, so that it has a gradient to pass on."""
    if subject.kind == "optimizer":
        middle, optimizer = [], getattr(optimizers, subject.name)()
    else:
        middle, optimizer = [subject.layer(width)], "sgd"
    model = fastnn.Sequential(
        [layers.Input((width,)), layers.Dense(width), *middle, layers.Dense(1)]
    )
    model.compile(optimizer, "mean_squared_error", jit_compile=False)
    return model


def is_of(subject: Subject, model, op) -> bool:
    """Whether an operation is the subject's."""
    if subject.kind == "optimizer":
        return op.kind.endswith("_update") or op.kind in _OF_AN_UPDATE
    return op.layer == model.layers[1].name


def measure(subject: Subject, rows: int, width: int, rounds: int) -> Measured:
    model = model_of(subject, width)
    hand = numpy_of(subject, model, rows, width)
    ours, theirs, best = np.inf, np.inf, None

    def belongs(op) -> bool:
        return is_of(subject, model, op)

    for _ in range(rounds):
        _, ops, seconds = profile(model, rows, "train", belongs)
        best = np.asarray(seconds) if best is None else np.minimum(best, seconds)
        if hand is not None:
            theirs = min(theirs, seconds_of(hand))
    mine = list(filter(belongs, ops))
    ours = float(sum(best[np.isfinite(best)]))
    touched = footprint(mine, rows)
    bound = sum(bound_of(op, rows, touched) for op in mine)
    return Measured(ours, theirs if hand is not None else None, bound)


def numpy_of(subject: Subject, model, rows: int, width: int):
    """A callable that does the same once; checked first, unless random."""
    if subject.hand is None:
        return None
    rng = np.random.default_rng(1)
    x, dout = rng.standard_normal((2, rows, width), dtype=np.float32)
    if subject.kind == "optimizer":
        weight = rng.standard_normal((width, width), dtype=np.float32)
        gradient = rng.standard_normal(weight.shape, dtype=np.float32)
        update = subject.hand(weight)
        return lambda: update(gradient)
    layer = model.layers[1]
    weights = [np.array(w) for w in layer.get_weights()]
    if (
        subject.name not in by_hand.RANDOM
        and "moving_mean" not in inspect.signature(subject.hand).parameters
    ):
        expected, _ = subject.hand(x, *weights)
        error = np.abs(np.asarray(layer(x)) - expected).max()
        if error > 1e-3 * max(1.0, float(np.abs(expected).max())):
            raise SystemExit(f"{subject.name} is off from its formula by {error:.3g}.")

    def run():
        _, backward = subject.hand(x, *weights)
        backward(dout)

    return run


def seconds_of(work) -> float:
    """The least time of several calls."""
    work()
    best, end = np.inf, time.perf_counter() + NUMPY_SECONDS
    while time.perf_counter() < end:
        begun = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - begun)
    return best


_rates: dict[object, float] = {}


def footprint(ops, rows: int) -> int:
    """Bytes of all operands, each counted once."""
    operands = {id(x): x for op in ops for x in op.operands if x is not None}
    return sum(nbytes(operand, rows) for operand in operands.values())


def bound_of(op, rows: int, touched: int) -> float:
    """Seconds that an operation takes at least, where so many bytes are touched."""
    moved = traffic(op, rows)
    size = max(touched // 2 // 4096, 1) * 4096
    if size not in _rates:
        _rates[size], _ = peak.memory(fastnn._core.kernels, size, 1)
    if "flops" not in _rates:
        _rates["flops"] = peak.multiply_adds(fastnn, "float32", 1)
        _rates["roots"] = peak.roots(fastnn, "float32")
    arithmetic = flops(op, rows) if op.kind in PRODUCTS else 0
    roots = elements(op, rows) if op.kind in WITH_ROOTS else 0
    return max(
        moved / _rates[size], arithmetic / _rates["flops"], roots / _rates["roots"]
    )


def main() -> None:
    options = parse()
    keep_to_one_thread()
    fastnn.set_num_threads(1)
    print(", ".join(f"{key} {value}" for key, value in machine.describe().items()))
    for rows, width in options.sizes:
        print(f"\n{rows} rows of {width}; optimizers: {width} x {width} weights [us]")
        heading = f"{'fastnn':>11}{'NumPy':>11}{'ratio':>9}{'bound':>11}{'x bound':>9}"
        print(f"  {'':<32}{heading}")
        for subject in subjects():
            if options.only and subject.name not in options.only:
                continue
            title = f"{subject.kind} {subject.name}"
            try:
                found = measure(subject, rows, width, options.rounds)
            except (TypeError, ValueError, NotImplementedError) as error:
                print(f"  {title:<32}  not alone in a network: {str(error)[:60]}")
                continue
            print(f"  {title:<32}{line(found)}", flush=True)


def keep_to_one_thread() -> None:
    """Starts this program again where NumPy's BLAS has been told nothing: it reads the
    number of its threads as it is imported."""
    if any(os.environ.get(name) != "1" for name in THREAD_VARIABLES):
        os.environ.update(dict.fromkeys(THREAD_VARIABLES, "1"))
        os.execv(sys.executable, [sys.executable, "-m", __spec__.name, *sys.argv[1:]])


def line(found: Measured) -> str:
    """The figures of one subject, in microseconds."""
    if not found.ours:
        return f"{'-':>11}  no operation of its own in a training step"
    theirs = "-" if found.theirs is None else f"{found.theirs * 1e6:.4g}"
    ratio = "-" if found.theirs is None else f"{found.theirs / found.ours:.2f}x"
    behind = found.theirs is not None and found.theirs < found.ours
    return (
        f"{found.ours * 1e6:>11.4g}{theirs:>11}{ratio:>9}{found.bound * 1e6:>11.4g}"
        f"{found.ours / found.bound:>9.2f}{'  < NumPy ahead' if behind else ''}"
    )


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    known = [subject.name for subject in subjects()]
    add = parser.add_argument
    add("--only", nargs="+", choices=known, metavar="NAME", help="of these alone")
    add("--sizes", nargs="+", type=size, default=list(SIZES), help="rows x width")
    add("--rounds", type=int, default=3, help="turns of fastnn and NumPy (3)")
    return parser.parse_args()


def size(text: str) -> tuple[int, int]:
    rows, _, width = text.partition("x")
    return int(rows), int(width)


if __name__ == "__main__":
    main()
