"""What this machine can do at most: multiply-adds in registers, memory copied and read.

Measured with the instructions of fastnn's own kernels, on as many threads as the peers
have, in the run whose figures are held against it.
"""

from __future__ import annotations

import threading
import time
from functools import partial

import numpy as np

BURST = 0.002  # seconds of one measurement of multiply-adds: clocks stay up that long
BURSTS = 5
SIZES = (16 << 10, 256 << 10, 4 << 20, 64 << 20)  # bytes copied, read
COPY_SECONDS = 0.01
DTYPES = ("float32", "float64", "bfloat16")


def measure(fastnn, threads: int) -> dict:
    """All figures: GFLOP/s of each instruction set, type and number of threads, GB/s of
    each size of memory; `value` is that of float32 on one thread."""
    from fastnn._core import dispatch

    figures: dict = {"multiply_add": {}, "copy": {}, "read": {}}
    for isa in dispatch.available():
        kernels = dispatch.load(isa)
        for dtype in DTYPES[:2]:
            for n in sorted({1, threads}):
                key = f"{isa} {dtype} {n}t"
                figures["multiply_add"][key] = burst(kernels, dtype, n) / 1e9
    for isa in dispatch.extensions():
        for n in sorted({1, threads}):
            done = burst(dispatch.load(isa), "bfloat16", n)
            figures["multiply_add"][f"{isa} bfloat16 {n}t"] = done / 1e9
    for n in sorted({1, threads}):
        for size in SIZES:
            copied, read = memory(dispatch.kernels, size, n)
            figures["copy"][f"{size >> 10} KiB {n}t"] = copied / 1e9
            figures["read"][f"{size >> 10} KiB {n}t"] = read / 1e9
    best = multiply_adds(fastnn, "float32", 1)
    return {"value": best / 1e9, **figures}


def multiply_adds(fastnn, dtype: str, threads: int) -> float:
    """Floating-point operations a second with the instruction set in use."""
    return burst(fastnn._core.kernels, dtype, threads)


def roots(fastnn, dtype: str) -> float:
    """Square roots a second, each with a division, on one thread."""
    return rate(partial(fastnn._core.kernels.root_and_quotient, dtype), 1)


def burst(kernels, dtype: str, threads: int) -> float:
    """Floating-point operations a second, over all threads together."""
    return rate(partial(kernels.multiply_add, dtype), threads)


def rate(measured, threads: int) -> float:
    """What `measured(repeats)` counts, a second: the most of a few short bursts."""
    repeats = 1000
    while timed(threads, partial(measured, repeats)) < BURST:
        repeats *= 2
    work = partial(measured, repeats)
    done = measured(1) * repeats * threads
    return done / min(timed(threads, work) for _ in range(BURSTS))


def memory(kernels, nbytes: int, threads: int) -> tuple[float, float]:
    """Bytes a second that are copied (read and written count both) and read, over all
    threads together; each has `nbytes` of its own, and as much again to write to."""
    pairs = [(block(nbytes), block(nbytes)) for _ in range(threads)]
    repeats = max(1, int(COPY_SECONDS * 20e9 / nbytes))

    copies = [partial(kernels.copy_memory, *pair, repeats) for pair in pairs]
    reads = [partial(kernels.read_memory, inp, repeats) for _, inp in pairs]
    moved = threads * repeats * nbytes
    seconds = [
        min(timed(threads, *works) for _ in range(BURSTS)) for works in (copies, reads)
    ]
    return 2 * moved / seconds[0], moved / seconds[1]


def block(nbytes: int) -> np.ndarray:
    """Zeros that begin on a cache line, every page of them touched."""
    raw = np.ones(nbytes + 64, np.uint8)
    start = -raw.ctypes.data % 64
    return raw[start : start + nbytes]


def timed(threads: int, *works) -> float:
    """Seconds until every thread has done its work (the first one's, if there is but
    one), counted from a moment when all are ready."""
    if threads == 1:
        begun = time.perf_counter()
        works[0]()
        return time.perf_counter() - begun
    gate = threading.Barrier(threads)
    spans: list[tuple[float, float]] = []

    def run(work):
        gate.wait()
        begun = time.perf_counter()
        work()
        spans.append((begun, time.perf_counter()))

    helpers = [
        threading.Thread(target=run, args=(works[i % len(works)],))
        for i in range(threads)
    ]
    for helper in helpers:
        helper.start()
    for helper in helpers:
        helper.join()
    return max(end for _, end in spans) - min(begun for begun, _ in spans)
