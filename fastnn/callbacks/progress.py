"""What a user sees while a model trains."""

import math
import sys
import time

from fastnn.callbacks.callback import Callback
from fastnn.console import is_interactive_logging_enabled, say
from fastnn.utils.progbar import format_values, new_bar, progress_line

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
            say(self._title)

    def _draw(self, steps_done: int, logs, always: bool = False) -> None:
        now = time.perf_counter()
        if not always and now - self._drawn < _INTERVAL:
            return
        self._drawn = now
        if self._bar is None:
            self._bar = new_bar(self._title, self.steps, now - self._begun)
        self._bar.n = steps_done
        self._bar.set_postfix_str(format_values(logs, "=", ", "), refresh=False)
        self._bar.refresh()

    def _finish(self, logs, always: bool) -> None:
        if self.verbose == 1:
            # An epoch whose bar is on the screen gets its final values there.
            self._draw(self.steps or 0, logs, always or self._bar is not None)
            if self._bar is not None:
                self._bar.close()
                self._bar = None
        elif self.verbose == 2:
            say(self._line(logs))

    def _line(self, logs) -> str:
        elapsed = time.perf_counter() - self._begun
        steps = self.steps or 1
        return progress_line(steps, steps, elapsed, logs or {}, "step")


def _resolve_verbose(verbose) -> int:
    if verbose == "auto":
        return 1 if _can_show_a_bar() else 2
    if verbose in (0, 1, 2):
        return 2 if verbose == 1 and not is_interactive_logging_enabled() else verbose
    raise ValueError(
        f"`verbose` is expected to be 'auto', 0, 1 or 2. Received: verbose={verbose!r}"
    )


def _can_show_a_bar() -> bool:
    if not is_interactive_logging_enabled():
        return False
    in_notebook = "ipykernel" in sys.modules
    in_terminal = hasattr(sys.stdout, "isatty") and sys.stdout.isatty()
    if not (in_notebook or in_terminal):
        return False
    try:
        import tqdm  # noqa: F401  (whether it is there)
    except ImportError:
        return False
    return True
