"""A callback from functions."""

import difflib

from fastnn.callbacks.callback import Callback

__all__ = ["LambdaCallback"]

_HOOKS = tuple(name for name in vars(Callback) if name.startswith("on_"))


class LambdaCallback(Callback):
    """Makes a callback from functions, each called in place of the hook of its name.

    Args:
        on_epoch_begin: Function of (epoch, logs).
        on_epoch_end: Function of (epoch, logs).
        on_train_begin: Function of (logs).
        on_train_end: Function of (logs).
        on_train_batch_begin: Function of (batch, logs).
        on_train_batch_end: Function of (batch, logs).
        **kwargs: Any other hook of `Callback` by its name.

    Raises:
        TypeError: If a name is not a hook or a value cannot be called.

    Example:
        >>> show = LambdaCallback(on_epoch_end=lambda epoch, logs: print(logs["loss"]))
    """

    def __init__(
        self,
        on_epoch_begin=None,
        on_epoch_end=None,
        on_train_begin=None,
        on_train_end=None,
        on_train_batch_begin=None,
        on_train_batch_end=None,
        **kwargs,
    ):
        functions = {
            "on_epoch_begin": on_epoch_begin,
            "on_epoch_end": on_epoch_end,
            "on_train_begin": on_train_begin,
            "on_train_end": on_train_end,
            "on_train_batch_begin": on_train_batch_begin,
            "on_train_batch_end": on_train_batch_end,
            **kwargs,
        }
        for hook, function in functions.items():
            if function is not None:
                _check(hook, function)
                setattr(self, hook, function)


def _check(hook: str, function) -> None:
    if hook not in _HOOKS:
        near = difflib.get_close_matches(hook, _HOOKS) or _HOOKS
        raise TypeError(
            f"LambdaCallback expects names of hooks such as {', '.join(near)}. "
            f"Received: {hook!r}"
        )
    if not callable(function):
        raise TypeError(
            f"LambdaCallback expects a function for {hook}. Received: {function!r}"
        )
