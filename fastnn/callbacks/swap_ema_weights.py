"""Evaluation with averaged weights."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from fastnn.callbacks.callback import Callback
from fastnn.variable import Variable

__all__ = ["SwapEMAWeights"]


class SwapEMAWeights(Callback):
    """Exchanges the weights with their moving averages before an evaluation or a
    prediction, and back after it.

    The optimizer keeps the averages if it has `use_ema=True`. Polyak and Juditsky,
    1992, "Acceleration of stochastic approximation by averaging".

    Args:
        swap_on_epoch: Whether they are also exchanged at the end of each epoch, and
            back before the next one, so that callbacks after this one, such as
            `ModelCheckpoint`, see the averages.

    Raises:
        ValueError: When it is used with an optimizer without `use_ema=True`.

    Example:
        >>> model.compile(fastnn.optimizers.SGD(use_ema=True), "mse")
        >>> model.fit(x, y, validation_split=0.2, callbacks=[SwapEMAWeights()])
    """

    def __init__(self, swap_on_epoch: bool = False):
        self.swap_on_epoch = swap_on_epoch
        self._swapped = False

    def on_train_begin(self, logs=None):
        self._swapped = False

    def on_epoch_begin(self, epoch, logs=None):
        if self.swap_on_epoch:
            self._swap(False)

    def on_epoch_end(self, epoch, logs=None):
        if not self.swap_on_epoch:
            return
        self._swap(True)
        if epoch == self.params["epochs"] - 1 or self.model.stop_training:
            # the end of training makes the averages the weights: let them stay so
            for variable, average in self._pairs():
                average[...] = variable.value

    def on_test_begin(self, logs=None):
        self._swap(True)

    def on_test_end(self, logs=None):
        self._swap(False)

    def on_predict_begin(self, logs=None):
        self._swap(True)

    def on_predict_end(self, logs=None):
        self._swap(False)

    def _swap(self, wanted: bool) -> None:
        """Exchanges them, unless the weights are what is wanted already."""
        if self._swapped == wanted:
            return
        for variable, average in self._pairs():
            kept = np.array(variable.value)
            variable.value[...] = average
            average[...] = kept
        self._swapped = wanted

    def _pairs(self) -> Iterator[tuple[Variable, np.ndarray]]:
        """Each weight that has an average, with it."""
        optimizer = self.model.optimizer
        found = False
        for member, variables in optimizer.members(self.model.trainable_weights):
            if not member.use_ema:
                continue
            found = True
            if not member.built:
                member.build(variables)
            yield from ((v, member.slot("average", v)) for v in variables)
        if not found:
            raise ValueError(
                "SwapEMAWeights expects an optimizer with use_ema=True. "
                f"Received: {_described(optimizer)}"
            )


def _described(optimizer: Any) -> str:
    return f"{type(optimizer).__name__} with use_ema=False"
