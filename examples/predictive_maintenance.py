"""Foresee machine failures: the demo's network on the real AI4I 2020 data.

    python examples/predictive_maintenance.py path/to/ai4i2020.csv

The file may be plain, gzipped or zipped. Without a path it is read from
FASTNN_DATA_DIR/ai4i2020, or downloaded once (0.5 MB); `--made` needs no file at all.
"""

import argparse

import numpy as np

from fastnn.datasets import predictive_maintenance
from fastnn.demo import FailureDetector, score


def main():
    options = parse_options()
    x, y = read(options)
    print(f"{len(y)} parts, {y[:, 0].sum()} failed")

    values = []
    for seed in range(options.splits):
        train, test = predictive_maintenance.split(x, y, test_split=0.2, seed=seed)
        detector = FailureDetector(seed)
        history = detector.fit(*train, epochs=options.epochs)
        scores = score(test[1], detector.risk(test[0]))
        values.append(scores.average_precision)
        print(
            f"split {seed}: {len(history.epoch):3d} epochs, "
            f"average precision {scores.average_precision:.3f}, "
            f"precision {scores.precision:.3f}, recall {scores.recall:.3f}"
        )
    print(f"mean average precision {np.mean(values):.3f}")

    # The readings of one part, as a machine's controller would send them.
    part = np.array([[0, 298.9, 309.0, 1410, 65.7, 191]])
    print(f"risk of {part[0].tolist()}: {detector.risk(part)[0]:.2f}")


def read(options):
    if options.made:
        return predictive_maintenance.make_data()
    if options.csv is not None:
        return predictive_maintenance.read_csv(options.csv)
    train, _ = predictive_maintenance.load_data(test_split=0)
    return train


def parse_options():
    parser = argparse.ArgumentParser(description="Train on the AI4I 2020 data.")
    parser.add_argument("csv", nargs="?", help="the AI4I 2020 file")
    parser.add_argument("--made", action="store_true", help="use generated data")
    parser.add_argument("--splits", type=int, default=5, help="80/20 splits (5)")
    parser.add_argument("--epochs", type=int, default=300, help="the most epochs (300)")
    return parser.parse_args()


if __name__ == "__main__":
    main()
