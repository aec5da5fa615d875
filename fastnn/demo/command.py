"""`python -m fastnn demo`."""

import time

from fastnn.callbacks import LambdaCallback
from fastnn.datasets import predictive_maintenance
from fastnn.demo import words
from fastnn.demo.detector import FailureDetector
from fastnn.demo.scores import Scores, score

__all__ = ["run"]

_SHOWN_EVERY = 10


def run(
    data=None, rows: int = 10000, seed: int = 0, epochs: int = 300, write=print
) -> Scores:
    """Trains and tests the demo's network and says what came out.

    Args:
        data: Path of the real AI4I 2020 CSV; `None` makes data by the same process.
        rows: Number of parts to make.
        seed: Seed of the split and of the network.
        epochs: The most epochs.
        write: Takes each line of text.

    Returns:
        The scores on the test rows.
    """
    if data is None:
        x, y = predictive_maintenance.make_data(rows)
    else:
        x, y = predictive_maintenance.read_csv(data)
    train, test = predictive_maintenance.split(x, y, seed=seed)
    write(words.about_data(y, made=data is None))
    detector = FailureDetector(seed)
    began = time.perf_counter()
    curve = _curve(write)
    history = detector.fit(train[0], train[1], epochs=epochs, callbacks=[curve])
    seconds = time.perf_counter() - began
    write(words.about_training(history.history, detector.model, seconds))
    scores = score(test[1], detector.risk(test[0]))
    write(words.about_scores(scores))
    write(words.about_meaning(scores))
    return scores


def _curve(write) -> LambdaCallback:
    """Shows every tenth epoch: a line for each would hide the result."""

    def show(epoch, logs):
        if epoch % _SHOWN_EVERY == 0:
            values = ", ".join(f"{name} {v:.4f}" for name, v in logs.items())
            write(f"  epoch {epoch + 1:3d}: {values}")

    return LambdaCallback(on_epoch_end=show)
