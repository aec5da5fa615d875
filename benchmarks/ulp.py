"""The largest errors of the vector mathematics: float32 over all 2^32 inputs.

``python -m benchmarks.ulp`` computes every function on every float32 there is, NaN and
denormal numbers included, and compares it with float64: about a minute a function on
one core. ``--functions exp tanh`` and ``--isa avx2`` choose; ``--step 101`` takes
every 101st input; ``--float64 20000`` compares float64 with mpmath on that many random
inputs instead. It ends with status 1 if a bound is broken.

An error is given in units in the last place (ulp) of the exact result: 0.5 is the best
that a float32 can do. Besides: NaN where it belongs and nowhere else, the sign of every
result (that of zero included), and how often a result falls where the function rises.
"""

from __future__ import annotations

import argparse
import ctypes
import math
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import ModuleType

import numpy as np

from fastnn._core import dispatch

BOUND = 1.5
CHUNK = 1 << 14  # all buffers together stay in a second-level cache
OVERFLOW = 2.0**128  # what stands for an infinity: one ulp past the largest float32
EXPONENT = np.int64(0x7FF << 52)
SMALLEST_NORMAL = np.int64((1023 - 126) << 52)


def sigmoid(x: np.ndarray, out: np.ndarray) -> None:
    np.exp(-x, out=out)
    out += 1
    np.divide(1, out, out=out)


def softplus(x: np.ndarray, out: np.ndarray) -> None:
    np.abs(x, out=out)
    np.negative(out, out=out)
    np.log1p(np.exp(out, out=out), out=out)
    out += np.maximum(x, 0)


def elu(x: np.ndarray, out: np.ndarray) -> None:
    np.expm1(np.minimum(x, 0), out=out)
    np.copyto(out, x, where=x >= 0)


def erf(x: np.ndarray, out: np.ndarray) -> None:
    """The series at 0, which leaves out x^9 / 216; the C library; 1 past 6."""
    z = x * x
    np.multiply(x, 1 - z * (1 / 3 - z * (1 / 10 - z / 42)), out=out)
    out *= 2 / np.sqrt(np.pi)
    np.copyto(out, np.copysign(1, x), where=z > 36)
    middle = (z > 2.0**-10) & (z <= 36)
    if middle.any():
        out[middle] = [math.erf(value) for value in x[middle].tolist()]


# out := the function of x, both float64, right to a few of its ulp. All of them rise.
FUNCTIONS: dict[str, Callable[[np.ndarray, np.ndarray], object]] = {
    "exp": np.exp,
    "log": np.log,
    "log1p": np.log1p,
    "tanh": np.tanh,
    "sigmoid": sigmoid,
    "softplus": softplus,
    "elu": elu,
    "erf": erf,
}
# of which the kernel has another name
KERNELS = {"exp": "exponential"}


@dataclass
class Finding:
    """What was found of one function."""

    error: float = 0.0
    at: float = math.nan
    above_one: int = 0
    wrong_nan: int = 0
    wrong_sign: int = 0
    descents: int = 0
    examples: list[float] = field(default_factory=list)

    @property
    def good(self) -> bool:
        return self.error <= BOUND and not (self.wrong_nan or self.wrong_sign)

    def __str__(self) -> str:
        text = f"{self.error:.4f} ulp at {self.at:.9g}, {self.above_one} above 1 ulp"
        text += f", {self.descents} descents"
        if self.wrong_nan or self.wrong_sign:
            text += f"; NaN wrong: {self.wrong_nan}, sign wrong: {self.wrong_sign}"
            text += f", as at {self.examples}"
        return text


def kernel(kernels: ModuleType, name: str, dtype: str) -> Callable:
    """``(out, inp)`` of contiguous arrays, without what a test door adds."""
    arguments = [ctypes.c_void_p] * 3 + [ctypes.c_ssize_t]
    address, _ = kernels.functions(dtype)[KERNELS.get(name, name)]
    call = ctypes.CFUNCTYPE(None, *arguments)(address)
    scalars = np.ones(1)  # alpha of elu

    def run(out: np.ndarray, inp: np.ndarray) -> None:
        call(out.ctypes.data, inp.ctypes.data, scalars.ctypes.data, inp.size)

    return run


class Comparison:
    """Compares chunk after chunk without allocating, which would cost more than it."""

    def __init__(self, name: str, finding: Finding) -> None:
        self.finding = finding
        self.exact_function = FUNCTIONS[name]
        self.buffers = [np.empty(CHUNK) for _ in range(4)]

    def add(self, x: np.ndarray, y: np.ndarray) -> None:
        """Adds what the float32 results y of the inputs x show to the finding."""
        wide, exact, out, error = (buffer[: x.size] for buffer in self.buffers)
        np.copyto(wide, x)
        self.exact_function(wide, exact)
        np.copyto(out, y)
        bits = wide.view(np.int64)  # no longer needed
        errors(error, out, exact, bits)
        worst = error.max()
        signs = np.bitwise_xor(out.view(np.int64), exact.view(np.int64), out=bits)
        if not np.isfinite(worst) or signs.min() < 0:
            self.unusual(error, x, out, exact, bits)
            worst = error.max()
        if worst > 1:
            self.finding.above_one += int(np.count_nonzero(error > 1))
        if worst > self.finding.error:
            self.finding.error = float(worst)
            self.finding.at = float(x[error.argmax()])

    def unusual(self, error, x, out, exact, bits):
        """An infinity counts as the number that would follow the largest."""
        np.clip(exact, -(2.0**1000), 2.0**1000, out=exact)
        right = np.isinf(out) & (exact * np.sign(out) >= OVERFLOW)
        np.copyto(exact, out, where=right)
        for array in (out, exact):
            np.clip(array, -OVERFLOW, OVERFLOW, out=array, where=np.isinf(array))
        errors(error, out, exact, bits)
        nan, nan_out = np.isnan(exact), np.isnan(out)
        error[nan | nan_out] = 0
        unlike = (np.signbit(out) != np.signbit(exact)) & ~nan
        self.finding.wrong_nan += int(np.count_nonzero(nan != nan_out))
        self.finding.wrong_sign += int(np.count_nonzero(unlike))
        if len(self.finding.examples) < 5:
            self.finding.examples += x[unlike | (nan != nan_out)][:5].tolist()


def errors(
    error: np.ndarray, out: np.ndarray, exact: np.ndarray, bits: np.ndarray
) -> None:
    """error := |out - exact| in float32's ulp of `exact`; `bits` is for its use."""
    np.subtract(out, exact, out=error)
    np.abs(error, out=error)
    np.bitwise_and(exact.view(np.int64), EXPONENT, out=bits)
    np.maximum(bits, SMALLEST_NORMAL, out=bits)
    error *= 2.0**23
    error /= bits.view(np.float64)


def exhaustive(kernels: ModuleType, name: str, step: int = 1) -> Finding:
    """Every `step`-th float32 of both signs, in the order of its bits."""
    run = kernel(kernels, name, "float32")
    finding = Finding()
    comparison = Comparison(name, finding)
    offsets = np.arange(CHUNK, dtype=np.uint32) * np.uint32(step)
    x = np.empty(CHUNK, np.float32)
    y = np.empty(CHUNK + 1, np.float32)  # after the last result of the chunk before
    for sign, falls in ((0, np.less), (1 << 31, np.greater)):
        y[-1] = math.nan
        for start in range(0, 1 << 31, CHUNK * step):
            n = min(CHUNK, -(-((1 << 31) - start) // step))
            np.add(offsets, np.uint32(sign + start), out=x.view(np.uint32))
            y[0] = y[-1]
            run(y[1 : n + 1], x[:n])
            comparison.add(x[:n], y[1 : n + 1])
            finding.descents += int(np.count_nonzero(falls(y[1 : n + 1], y[:n])))
    return finding


def exact_float64(name: str) -> Callable:
    """The function in mpmath, for which the caller sets the precision."""
    from mpmath import mp

    return {
        "exp": mp.exp,
        "log": mp.log,
        "log1p": mp.log1p,
        "tanh": mp.tanh,
        "sigmoid": lambda x: 1 / (1 + mp.exp(-x)),
        "softplus": lambda x: mp.log1p(mp.exp(x)),
        "elu": lambda x: x if x > 0 else mp.expm1(x),
        "erf": mp.erf,
    }[name]


def float64_inputs(name: str, count: int) -> np.ndarray:
    """Half of them evenly spread where the function bends, half by magnitude."""
    rng = np.random.default_rng(0)
    low, high = {"exp": (-745, 709.7), "log": (0, 3), "log1p": (-1, 3)}.get(
        name, (-30, 30)
    )
    even = rng.uniform(low, high, count // 2)
    magnitude = np.exp2(rng.uniform(-60, 9, count - count // 2))
    sign = rng.choice([-1.0, 1.0], magnitude.size)
    if name == "log":
        magnitude, sign = np.exp2(rng.uniform(-1074, 1024, magnitude.size)), 1.0
    elif name == "log1p":
        sign = np.where(magnitude < 1, sign, 1.0)
    return np.concatenate([even, sign * magnitude])


def sampled_float64(kernels: ModuleType, name: str, count: int) -> Finding:
    """Random inputs of which the result is finite, against mpmath."""
    from mpmath import mp

    exact = exact_float64(name)
    x = float64_inputs(name, count)
    out = np.empty_like(x)
    kernel(kernels, name, "float64")(out, x)
    finding = Finding()
    with mp.workprec(1200):  # log1p(exp(-700)) is to be more than 0
        for value, result in zip(x.tolist(), out.tolist(), strict=True):
            y = exact(mp.mpf(value))
            if abs(y) >= 2.0**1023:
                continue
            _, exponent = mp.frexp(y)
            error = abs(y - result) / mp.mpf(2) ** max(exponent - 53, -1074)
            finding.above_one += error > 1
            if error > finding.error:
                finding.error, finding.at = float(error), value
    return finding


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ulp")
    parser.add_argument("--functions", nargs="+", default=FUNCTIONS, choices=FUNCTIONS)
    parser.add_argument("--isa", default=dispatch.isa, choices=dispatch.available())
    parser.add_argument("--step", type=int, default=1)
    parser.add_argument("--float64", type=int, metavar="COUNT")
    options = parser.parse_args(arguments)
    kernels = dispatch.load(options.isa)
    good = True
    for name in options.functions:
        start = time.perf_counter()
        with np.errstate(all="ignore"):
            if options.float64:
                finding = sampled_float64(kernels, name, options.float64)
            else:
                finding = exhaustive(kernels, name, options.step)
        good &= finding.good
        seconds = time.perf_counter() - start
        print(f"{options.isa} {name:9}{finding}  ({seconds:.0f} s)", flush=True)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
