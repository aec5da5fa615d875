"""What a user sees while a model trains."""

import functools
import math
import sys
import time

from fastnn.callbacks.callback import Callback

__all__ = ["ProgbarLogger"]

# Between two drawings of the bar, in seconds. A drawing takes about 0.2 ms in a
# terminal, so that progress stays below 1 % of the time even when epochs take
# microseconds.
_INTERVAL = 0.1


class ProgbarLogger(Callback):
    """Shows progress: verbose 1 a bar per epoch, 2 a line per epoch, 0 nothing.

    "auto" is 1 in a terminal or a notebook and 2 elsewhere. The bar is drawn at most
    ten times a second, so that of epochs shorter than that only some get a bar; the
    first and the last always do, and a line (verbose 2) is never left out.
    """

    def __init__(self):
        self.verbose = 0
        self.epochs = 1
        self.steps: int | None = None
        self._training = False
        self._validating = False  # in the midst of fit, where it is silent
        self._title = ""
        self._last = True
        self._bar = None
        self._begun = 0.0
        self._drawn = -math.inf

    def set_params(self, params):
        self.params = params
        self.verbose = _resolve_verbose(params.get("verbose", 0))
        self.epochs = params.get("epochs", 1)
        self.steps = params.get("steps")

    def on_train_begin(self, logs=None):
        self._training = True
        self._validating = False
        self._drawn = -math.inf

    def on_epoch_begin(self, epoch, logs=None):
        self._title = f"Epoch {epoch + 1}/{self.epochs}" if self.epochs > 1 else ""
        self._last = epoch + 1 >= self.epochs
        self._begin()

    def on_test_begin(self, logs=None):
        if self._training:
            self._validating = True
        else:
            self._begin_alone()

    def on_predict_begin(self, logs=None):
        self._begin_alone()

    def on_chunk_end(self, steps_done: int, logs=None) -> None:
        """Moves the bar; called about ten times a second."""
        if self.verbose == 1 and not self._validating:
            self._draw(steps_done, logs)

    def on_epoch_end(self, epoch, logs=None):
        stopped = getattr(self.model, "stop_training", False)
        self._finish(logs, always=self._last or stopped)

    def on_test_end(self, logs=None):
        self._validating = False
        if not self._training:
            self._finish(logs, always=True)

    def on_predict_end(self, logs=None):
        self._finish(None, always=True)

    def on_train_end(self, logs=None):
        self._training = False
        self.close()

    def close(self) -> None:
        """Leaves the bar as it stands."""
        self._training = False
        if self._bar is not None:
            self._bar.close()
            self._bar = None

    def _begin_alone(self) -> None:
        self._title, self._last, self._drawn = "", True, -math.inf
        self._begin()

    def _begin(self) -> None:
        self._begun = time.perf_counter()
        if self.verbose == 2 and self._title:
            print(self._title, flush=True)

    def _draw(self, steps_done: int, logs, always: bool = False) -> None:
        now = time.perf_counter()
        if not always and now - self._drawn < _INTERVAL:
            return
        self._drawn = now
        if self._bar is None:
            self._bar = _new_bar(self._title, self.steps, now - self._begun)
        self._bar.n = steps_done
        self._bar.set_postfix_str(_format_logs(logs, "=", ", "), refresh=False)
        self._bar.refresh()

    def _finish(self, logs, always: bool) -> None:
        if self.verbose == 1:
            # An epoch whose bar is on the screen gets its final values there.
            self._draw(self.steps or 0, logs, always or self._bar is not None)
            if self._bar is not None:
                self._bar.close()
                self._bar = None
        elif self.verbose == 2:
            print(self._line(logs), flush=True)

    def _line(self, logs) -> str:
        elapsed = time.perf_counter() - self._begun
        steps = self.steps or 1
        parts = [
            f"{steps}/{steps}",
            f"{elapsed:.0f}s",
            f"{_format_time(elapsed / steps)}/step",
        ]
        values = _format_logs(logs, ": ", " - ")
        return " - ".join(parts + ([values] if values else []))


def _resolve_verbose(verbose) -> int:
    if verbose == "auto":
        return 1 if _can_show_a_bar() else 2
    if verbose in (0, 1, 2):
        return int(verbose)
    raise ValueError(
        f"`verbose` is expected to be 'auto', 0, 1 or 2. Received: verbose={verbose!r}"
    )


def _can_show_a_bar() -> bool:
    in_notebook = "ipykernel" in sys.modules
    in_terminal = hasattr(sys.stdout, "isatty") and sys.stdout.isatty()
    if not (in_notebook or in_terminal):
        return False
    try:
        import tqdm  # noqa: F401  (whether it is there)
    except ImportError:
        return False
    return True


@functools.cache
def _bar_class() -> type:
    try:
        from tqdm.auto import tqdm
    except ImportError as error:
        raise ImportError(
            "A progress bar (verbose=1) needs tqdm: expected `pip install tqdm`, or "
            "verbose=2 for one line per epoch"
        ) from error

    class Bar(tqdm):
        monitor_interval = 0  # no watching thread: the trainer draws often enough

    return Bar


def _new_bar(title: str, steps: int | None, elapsed: float):
    bar = _bar_class()(
        total=steps,
        desc=title or None,
        unit="step",
        file=sys.stdout,
        mininterval=0,
        delay=1e-9,  # the first drawing is ours, with the values
    )
    bar.start_t -= elapsed
    return bar


def _format_logs(logs, between: str, separator: str) -> str:
    return separator.join(
        f"{name}{between}{_format_value(value)}" for name, value in (logs or {}).items()
    )


def _format_value(value) -> str:
    try:
        value = float(value)
    except (TypeError, ValueError):
        return str(value)
    return f"{value:.4f}" if abs(value) > 1e-3 or value == 0 else f"{value:.4e}"


def _format_time(seconds: float) -> str:
    if seconds >= 1:
        return f"{seconds:.0f}s"
    if seconds >= 1e-3:
        return f"{seconds * 1e3:.0f}ms"
    return f"{seconds * 1e6:.0f}us"
