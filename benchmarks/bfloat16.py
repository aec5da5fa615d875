"""Accuracy of `mixed_bfloat16` beside float32 on MNIST, and the time of a step.

    python -m benchmarks.bfloat16
    python -m benchmarks.bfloat16 --epochs 5 --seeds 1 2 3

784-512-512-10, batch 128, Adam, in turns. Without the processor's instruction the
results are the same bits, and take longer than float32.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

import fastnn
from benchmarks import machine
from fastnn.datasets import mnist
from fastnn.layers import Dense, Input
from fastnn.models import Sequential

DTYPES = ("float32", "mixed_bfloat16")


def trained(data, dtype: str, epochs: int, seed: int) -> tuple[float, float]:
    """Accuracy on the test set in per cent, seconds of a step."""
    (x, y), (x_test, y_test) = data
    fastnn.utils.set_random_seed(seed)
    model = Sequential([Input((784,))])
    for units, activation in ((512, "relu"), (512, "relu"), (10, "softmax")):
        model.add(Dense(units, activation=activation, dtype=dtype))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    begun = time.perf_counter()
    model.fit(x, y, batch_size=128, epochs=epochs, verbose=0)
    seconds = time.perf_counter() - begun
    _, accuracy = model.evaluate(x_test, y_test, verbose=0)
    return 100 * accuracy, seconds / (epochs * -(-len(x) // 128))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    options = parser.parse_args()
    print(", ".join(f"{key} {value}" for key, value in machine.describe().items()))
    data = [
        (x.reshape(len(x), 784).astype(np.float32) / 255, y)
        for x, y in mnist.load_data()
    ]
    found: dict[str, list] = {dtype: [] for dtype in DTYPES}
    for seed in options.seeds:
        for dtype in DTYPES:
            accuracy, seconds = trained(data, dtype, options.epochs, seed)
            found[dtype].append((accuracy, seconds))
            print(f"  seed {seed} {dtype:<16}{accuracy:7.2f} %{1e3 * seconds:8.2f} ms")
    for dtype in DTYPES:
        accuracies, times = zip(*found[dtype], strict=True)
        mean = np.mean(accuracies)
        print(f"  mean   {dtype:<16}{mean:7.2f} %{1e3 * min(times):8.2f} ms (least)")


if __name__ == "__main__":
    main()
