"""The process in which one peer answers cases, one after the other.

It is told by lines on its standard input, `prepare CASE [short]`, `run` and `forget`,
and answers each with one line of JSON on what was its standard output; whatever the
peer itself prints goes to standard error.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import sys
import time

from benchmarks import peers

WARM_UP_CALLS = 50
MOST_EPOCHS = 100


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("peer")
    parser.add_argument("--threads", type=int, required=True)
    options = parser.parse_args(arguments)
    answer = take_stdout()
    restrict_processors(options.threads)
    try:
        peer = peers.PEERS_BY_NAME[options.peer].load()(options.threads)
    except ImportError as error:
        answer({"absent": str(error)})
        return
    answer({"version": peer.version()})
    measure = None
    for line in sys.stdin:
        command, *arguments = line.split()
        if command == "prepare":
            measure = prepare(peer, arguments[0], "short" in arguments[1:])
            answer({})
        elif command == "forget":
            measure = None
            gc.collect()
            answer({})
        else:
            answer(measure())


def take_stdout():
    """Keeps file descriptor 1 for answers alone -> a function that sends one."""
    channel = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    return lambda reply: channel.write(json.dumps(reply) + "\n")


def restrict_processors(threads: int) -> None:
    """No peer gets more processors than threads, whatever its own settings do."""
    if hasattr(os, "sched_setaffinity"):
        allowed = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, allowed[:threads])


def prepare(peer, case_name, short):
    """-> a callable that measures one round and returns its figures."""
    # NumPy is imported here, so that an absent peer is told before anything else.
    from benchmarks import cases

    case = cases.case_named(case_name)
    if short:
        case = case.shortened()
    kinds = {
        "peak": prepare_peak,
        "train": prepare_training,
        "predict": prepare_prediction,
        "memory": prepare_memory,
        "leak": prepare_leak,
    }
    return kinds[case.kind](peer, case, cases)


def prepare_peak(peer, case, cases):
    return peer.peak_case(case)


def prepare_training(peer, case, cases):
    run = peer.train_case(case, cases.make_data(case))
    run(1)  # compiles what compiles
    repeats = case.repeats
    if case.seconds:
        (seconds, _), _ = timed(run, 1)
        repeats = min(max(int(case.seconds / seconds), 1), MOST_EPOCHS)

    def measure():
        (seconds, cores), loss = timed(run, repeats)
        steps = repeats * (case.rows // case.batch_size)
        figures = {"value": seconds / steps * 1e6, "cores": cores, "loss": float(loss)}
        if hasattr(peer, "peak"):
            figures["ideal"] = case.flops / peer.peak(case) * 1e6
        return figures

    return measure


def prepare_prediction(peer, case, cases):
    predict = peer.predict_case(case)
    x = cases.make_data(case).x
    check_prediction(predict(x), cases.expected_prediction(case, x))

    def repeat(calls):
        for _ in range(calls):
            predict(x)

    repeat(min(WARM_UP_CALLS, case.repeats))

    def measure():
        (seconds, cores), _ = timed(repeat, case.repeats)
        return {"value": seconds / case.repeats * 1e6, "cores": cores}

    return measure


def prepare_memory(peer, case, cases):
    from benchmarks.memory import peak_resident_bytes, resident_bytes

    data = cases.make_data(case)

    def measure():
        before = resident_bytes()
        peer.train_case(case, data)(case.repeats)
        peak = peak_resident_bytes()
        grown = max(0, peak - before) / 1e6
        return {"value": (peak - data.nbytes) / 1e6, "grown": grown}

    return measure


def prepare_leak(peer, case, cases):
    from benchmarks.memory import resident_bytes

    run = peer.leak_case(case, cases.make_data(case))

    def measure():
        run(max(1, case.repeats // 10))  # caches and free lists fill
        gc.collect()
        before = resident_bytes()
        run(case.repeats)
        gc.collect()
        return {"value": (resident_bytes() - before) / 1e6}

    return measure


def timed(run, repeats):
    """-> ((wall seconds, processors kept busy), what `run` returned)."""
    processor, wall = time.process_time(), time.perf_counter()
    result = run(repeats)
    wall = time.perf_counter() - wall
    processor = time.process_time() - processor
    return (wall, processor / wall), result


def check_prediction(given, expected) -> None:
    """Refuses to time a peer that computes something else."""
    import numpy as np

    given = np.asarray(given).reshape(expected.shape)
    if not np.allclose(given, expected, rtol=1e-3, atol=1e-5):
        worst = float(np.abs(given - expected).max())
        raise SystemExit(f"The prediction differs from the formula by {worst:.3g}.")
