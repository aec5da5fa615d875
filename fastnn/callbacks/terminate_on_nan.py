"""Stop when the loss is lost."""

from fastnn.callbacks.callback import Callback
from fastnn.console import say

__all__ = ["TerminateOnNaN"]


class TerminateOnNaN(Callback):
    """Stops training when the loss of a step is NaN or infinite.

    The update of that step is not made, so the weights are those of the step before.

    Args:
        raise_error: False ends `fit` in order (`on_train_end` is called); True raises.

    Raises:
        RuntimeError: From `fit`, with `raise_error=True`.
    """

    def __init__(self, raise_error: bool = False):
        self.raise_error = raise_error

    def on_nonfinite_loss(self, report, logs=None):
        if self.raise_error:
            raise RuntimeError(f"Training stopped: {report}")
        say(f"Training stopped: {report}")
        self.model.stop_training = True
