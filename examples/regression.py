"""Regression with early stopping and saved weights; needs no data.

    python examples/regression.py

The function is that of Friedman (1991), "Multivariate adaptive regression splines",
Annals of Statistics 19: 5 of the 20 columns matter, the others are there to mislead.
"""

import argparse
import os
import tempfile

import numpy as np

from fastnn import Sequential
from fastnn.callbacks import EarlyStopping, ModelCheckpoint
from fastnn.layers import Dense, Input
from fastnn.optimizers import Adam
from fastnn.utils import set_random_seed


def main():
    options = parse_options()
    set_random_seed(options.seed)
    x, y = make_rows(options.rows)
    x_test, y_test = make_rows(1000)

    # Scaled targets: a network that starts near 0 need not learn the mean first.
    mean, deviation = y.mean(), y.std()
    model = build()
    with tempfile.TemporaryDirectory() as folder:
        best = os.path.join(folder, "best.weights.npz")
        history = model.fit(
            x,
            (y - mean) / deviation,
            epochs=options.epochs,
            batch_size=32,
            validation_split=0.2,
            callbacks=[
                EarlyStopping(patience=15),
                ModelCheckpoint(best, save_best_only=True, save_weights_only=True),
            ],
            verbose=0,
        )
        model.load_weights(best)

    losses = history.history["val_loss"]
    predicted = model.predict(x_test, verbose=0)[:, 0] * deviation + mean
    unexplained = np.mean((y_test - predicted) ** 2) / np.var(y_test)
    print(f"{len(losses)} epochs, the best was {np.argmin(losses) + 1}")
    print(f"mean absolute error {np.mean(np.abs(y_test - predicted)):.3f}")
    print(f"R2 {1 - unexplained:.3f}")


def build():
    model = Sequential(
        [
            Input(shape=(20,)),
            Dense(64, activation="relu"),
            Dense(32, activation="relu"),
            Dense(1),
        ]
    )
    model.compile(optimizer=Adam(learning_rate=0.001), loss="mean_squared_error")
    return model


def make_rows(rows):
    x = np.random.uniform(size=(rows, 20)).astype("float32")
    y = (
        10 * np.sin(np.pi * x[:, 0] * x[:, 1])
        + 20 * (x[:, 2] - 0.5) ** 2
        + 10 * x[:, 3]
        + 5 * x[:, 4]
        + np.random.normal(size=rows)
    )
    return x, y.astype("float32")


def parse_options():
    parser = argparse.ArgumentParser(description="Fit Friedman's function.")
    parser.add_argument("--epochs", type=int, default=200, help="the most epochs (200)")
    parser.add_argument("--rows", type=int, default=5000, help="training rows (5000)")
    parser.add_argument("--seed", type=int, default=0, help="random seed (0)")
    return parser.parse_args()


if __name__ == "__main__":
    main()
