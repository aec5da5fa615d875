"""Is a monitored quantity better than before?"""

import math

import numpy as np

from fastnn.callbacks.callback import Callback
from fastnn.caller import warn

__all__ = ["MonitorCallback"]

_UP = {"accuracy", "acc", "auc", "precision", "recall", "score"}
_DOWN = {"loss", "error", "crossentropy", "ce", "mse", "mae", "divergence", "deviance"}


class MonitorCallback(Callback):
    """Base of the callbacks that act on a quantity from the logs.

    Args:
        monitor: Name in the logs.
        mode: "min", "max", or "auto" to tell by the name.
        best: The value to beat first, or None.
        min_delta: A change of less than this is no improvement.

    Another mode is taken for "auto", with a warning.

    Raises:
        ValueError: From `fit`, if "auto" cannot tell, or it is not one number.
    """

    def __init__(self, monitor="val_loss", mode="auto", best=None, min_delta=0.0):
        if mode not in ("auto", "min", "max"):
            warn(
                f"{type(self).__name__} expects mode to be 'auto', 'min' or 'max'. "
                f"Received: mode={mode!r}, which is taken for 'auto'"
            )
            mode = "auto"
        self.monitor = monitor
        self.mode = mode
        self.best = best
        self.min_delta = abs(min_delta)

    def monitor_value(self, logs) -> float | None:
        """The monitored value, or None with a warning when the logs lack it."""
        logs = logs or {}
        self._goes_up()  # says so if it cannot tell
        if self.monitor not in logs:
            warn(
                f"{type(self).__name__} monitors {self.monitor!r}, which is not there. "
                f"Available: {', '.join(logs) or 'nothing'}"
            )
            return None
        value = logs[self.monitor]
        if np.size(value) != 1:
            raise ValueError(
                f"{type(self).__name__} expects {self.monitor!r} to be one number. "
                f"Received: shape {np.shape(value)}"
            )
        return float(np.reshape(value, ()))

    def is_improvement(self, value: float, reference: float | None) -> bool:
        """Whether `value` beats `reference` by more than min_delta; NaN never does."""
        if math.isnan(value):
            return False
        if reference is None:
            return True
        if self._goes_up():
            return value - self.min_delta > reference
        return value + self.min_delta < reference

    def _goes_up(self) -> bool:
        if self.mode != "auto":
            return self.mode == "max"
        name = self.monitor.removeprefix("val_")
        for metric in getattr(self.model, "metrics", ()):
            direction = getattr(metric, "_direction", None)
            if getattr(metric, "name", None) == name and direction is not None:
                return direction == "up"
        words = set(name.lower().split("_"))
        if words & _DOWN:
            return False
        if words & _UP:
            return True
        raise ValueError(
            f"{type(self).__name__} cannot tell whether {self.monitor!r} should rise "
            "or fall: expected mode='max' or mode='min'. Received: mode='auto'"
        )
