"""A bar, or a line, that shows how far something is."""

from __future__ import annotations

import functools
import sys
import time
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from fastnn.console import say

__all__ = ["Progbar", "format_time", "format_values", "new_bar", "progress_line"]


class Progbar:
    """Shows progress and a few numbers.

    Args:
        target: Number of steps in all; None if it is not known.
        width: Width of the bar, in characters.
        verbose: 1 a bar, 2 a line at the end, 0 nothing.
        interval: Seconds between two drawings of the bar, at least.
        stateful_metrics: Names of numbers that are shown as they are; of all others the
            mean over the steps is shown.
        stateless_metrics: Names of numbers whose mean over the steps is shown; all
            others are shown as they are.
        unit_name: What is counted.

    Raises:
        ValueError: If both lists of names are given.

    Example:
        >>> bar = fastnn.utils.Progbar(3)
        >>> for step in range(1, 4):
        ...     bar.update(step, values=[("loss", 1 / step)])
    """

    def __init__(
        self,
        target: int | None,
        width: int = 20,
        verbose: int = 1,
        interval: float = 0.05,
        stateful_metrics: Iterable[str] | None = None,
        stateless_metrics: Iterable[str] | None = None,
        unit_name: str = "step",
    ):
        if stateful_metrics is not None and stateless_metrics is not None:
            raise ValueError(
                "Expected `stateful_metrics` or `stateless_metrics`. Received: "
                f"{stateful_metrics=}, {stateless_metrics=}"
            )
        self.target = target
        self.width = width
        self.verbose = verbose
        self.interval = interval
        self.stateful_metrics = _names(stateful_metrics)
        self.stateless_metrics = _names(stateless_metrics)
        self.unit_name = unit_name
        self._values: dict[str, tuple[Any, int]] = {}  # sum, steps
        self._done = 0
        self._begun = time.perf_counter()
        self._drawn = 0.0
        self._bar: Any = None

    def update(
        self,
        current: int,
        values: Iterable[tuple[str, Any]] | None = None,
        finalize: bool | None = None,
    ) -> None:
        """Shows that so many steps are done.

        Args:
            current: Number of steps done.
            values: (name, number) of the last step.
            finalize: Whether this is the end; by default when `target` is reached. The
                numbers are then shown as they are.
        """
        if finalize is None:
            finalize = self.target is not None and current >= self.target
        for name, value in values or ():
            self._take_in(name, value, max(current - self._done, 1), finalize)
        self._done = current
        if self.verbose == 1:
            self._draw(finalize)
        elif self.verbose == 2 and finalize and self.target:
            elapsed = time.perf_counter() - self._begun
            say(
                progress_line(current, self.target, elapsed, self.means, self.unit_name)
            )

    def add(self, n: int, values: Iterable[tuple[str, Any]] | None = None) -> None:
        """Shows that `n` more steps are done."""
        self.update(self._done + n, values)

    @property
    def means(self) -> dict[str, Any]:
        """The numbers that are shown, by name."""
        return {name: np.mean(s) / n for name, (s, n) in self._values.items()}

    def _take_in(self, name: str, value: Any, steps: int, finalize: bool) -> None:
        if finalize or not self._is_averaged(name):
            self._values[name] = value, 1
        else:
            total, seen = self._values.get(name, (0.0, 0))
            self._values[name] = total + value * steps, seen + steps

    def _is_averaged(self, name: str) -> bool:
        if self.stateless_metrics is not None:
            return name in self.stateless_metrics
        return name not in (self.stateful_metrics or ())

    def _draw(self, finalize: bool) -> None:
        now = time.perf_counter()
        if now - self._drawn < self.interval and not finalize:
            return
        self._drawn = now
        if self._bar is None:
            elapsed = now - self._begun
            self._bar = new_bar(
                "", self.target, elapsed, unit=self.unit_name, width=self.width
            )
        self._bar.n = self._done
        self._bar.set_postfix_str(format_values(self.means, "=", ", "), refresh=False)
        self._bar.refresh()
        if finalize:
            self._bar.close()
            self._bar = None


def _names(names: Iterable[str] | None) -> set[str] | None:
    return None if names is None else set(names)


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


def new_bar(
    title: str,
    steps: int | None,
    elapsed: float,
    unit: str = "step",
    width: int | None = None,
) -> Any:
    """A bar that was begun some seconds ago.

    Args:
        title: What stands before it.
        steps: The number of steps, or None.
        elapsed: The seconds.
        unit: What is counted.
        width: Its width in characters; by default what the screen leaves.
    """
    how = {}
    if width is not None and steps is not None:
        how["bar_format"] = f"{{l_bar}}{{bar:{width}}}{{r_bar}}"
    bar = _bar_class()(
        total=steps,
        desc=title or None,
        unit=unit,
        file=sys.stdout,
        mininterval=0,
        delay=1e-9,  # the first drawing is ours, with the values
        **how,
    )
    bar.start_t -= elapsed
    return bar


def progress_line(
    steps: int, target: int, elapsed: float, values: Mapping[str, Any], unit: str
) -> str:
    """One line that says what was done, as Keras writes it."""
    digits = len(str(target))
    parts = [
        f"{steps:{digits}d}/{target}",
        f"{elapsed:.0f}s",
        f"{format_time(elapsed / max(steps, 1))}/{unit}",
    ]
    shown = format_values(values, ": ", " - ")
    return " - ".join(parts + ([shown] if shown else []))


def format_values(
    values: Mapping[str, Any] | None, between: str, separator: str
) -> str:
    """The names and numbers, with four digits after the point."""
    return separator.join(
        f"{name}{between}{_format_value(value)}"
        for name, value in (values or {}).items()
    )


def _format_value(value: Any) -> str:
    try:
        value = float(value)
    except (TypeError, ValueError):
        return str(value)
    return f"{value:.4f}" if abs(value) > 1e-3 or value == 0 else f"{value:.4e}"


def format_time(seconds: float) -> str:
    """A duration in the unit that suits it."""
    if seconds >= 1:
        return f"{seconds:.0f}s"
    if seconds >= 1e-3:
        return f"{seconds * 1e3:.0f}ms"
    return f"{seconds * 1e6:.0f}us"
