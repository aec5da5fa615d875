"""Smaller steps once progress has stopped."""

from __future__ import annotations

from typing import Any

import numpy as np

from fastnn.callbacks.monitor import MonitorCallback
from fastnn.callbacks.rates import each_optimizer, log_rates
from fastnn.console import say

__all__ = ["ReduceLROnPlateau"]


class ReduceLROnPlateau(MonitorCallback):
    """Sets learning_rate := max(factor * learning_rate, min_lr) when a quantity has
    stopped improving.

    The rate is also a part of the logs, as `learning_rate`.

    Args:
        monitor: Name in the logs.
        factor: What the rate is multiplied by, below 1.
        patience: Epochs without improvement after which the rate is reduced.
        verbose: 1 says when it is reduced, 0 does not.
        mode: "min", "max", or "auto" to tell by the name.
        min_delta: A change of less than this is no improvement.
        cooldown: Epochs after a reduction that are not counted.
        min_lr: The smallest rate.

    Raises:
        ValueError: If `factor` is 1 or more.

    Example:
        >>> slower = ReduceLROnPlateau(factor=0.2, patience=5, min_lr=1e-5)
        >>> model.fit(x, y, validation_split=0.2, callbacks=[slower])
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        factor: float = 0.1,
        patience: int = 10,
        verbose: int = 0,
        mode: str = "auto",
        min_delta: float = 1e-4,
        cooldown: int = 0,
        min_lr: float = 0.0,
    ):
        super().__init__(monitor, mode, min_delta=min_delta)
        if factor >= 1.0:
            raise ValueError(
                f"ReduceLROnPlateau expects a factor below 1. Received: {factor=}"
            )
        self.factor = factor
        self.min_lr = min_lr
        self.patience = patience
        self.verbose = verbose
        self.cooldown = cooldown
        self._reset()

    def _reset(self) -> None:
        self.best = None
        self.cooldown_counter = 0
        self.wait = 0

    def on_train_begin(self, logs=None):
        self._reset()

    def on_epoch_end(self, epoch, logs=None):
        logs = {} if logs is None else logs
        log_rates(self.model.optimizer, logs)
        current = self.monitor_value(logs)
        if current is None:
            return
        if self.cooldown_counter > 0:
            self.cooldown_counter -= 1
            self.wait = 0
        if self.is_improvement(current, self.best):
            self.best = current
            self.wait = 0
        elif self.cooldown_counter == 0:
            self.wait += 1
            if self.wait >= self.patience and self._reduce(epoch):
                self.cooldown_counter = self.cooldown
                self.wait = 0

    def _reduce(self, epoch: int) -> bool:
        """Whether the rate of any optimizer was not the smallest yet."""
        reduced = False
        for name, optimizer in each_optimizer(self.model.optimizer):
            reduced |= self._reduce_one(epoch, name, optimizer)
        return reduced

    def _reduce_one(self, epoch: int, name: str, optimizer: Any) -> bool:
        old = float(np.asarray(optimizer.learning_rate))
        if old <= self.min_lr:
            return False
        optimizer.learning_rate = max(old * self.factor, self.min_lr)
        if self.verbose > 0:
            whose = f"{name} learning rate" if name else "learning rate"
            new = float(np.asarray(optimizer.learning_rate))
            say(f"Epoch {epoch + 1}: reducing {whose} to {new}")
        return True
