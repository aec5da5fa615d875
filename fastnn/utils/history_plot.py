"""A picture of a training."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["plot_history"]


def plot_history(
    history: Any,
    to_file: Any = None,
    metrics: Sequence[str] | None = None,
    dpi: float = 100,
) -> Any:
    """Draws loss and metrics over the epochs, those of training and of validation in
    one picture each. Needs matplotlib: `pip install "fastnn[plot]"`.

    Args:
        history: What `fit` returned, or its `.history`.
        to_file: Path of an image to write, whose ending says its kind; None writes
            none.
        metrics: Names of what to draw, without `val_`; by default all that there is.
        dpi: Dots per inch of the file.

    Returns:
        The `matplotlib.figure.Figure`.

    Raises:
        ImportError: If matplotlib is not there.
        TypeError: If `history` is something else.
        ValueError: If there is nothing to draw, or a name is not known.

    Example:
        >>> history = model.fit(x, y, epochs=20, validation_split=0.2)
        >>> fastnn.utils.plot_history(history, "training.png")
    """
    values = getattr(history, "history", history)
    if not isinstance(values, Mapping):
        raise TypeError(f"Expected what `fit` returned. Received: {history!r}")
    names = _names(values, metrics)
    figure, axes = _subplots(len(names))
    for name, ax in zip(names, axes, strict=True):
        for key, label in ((name, "training"), (f"val_{name}", "validation")):
            if key in values:
                epochs = _epochs(history, key, len(values[key]))
                ax.plot(epochs, values[key], label=label, marker=_marker(epochs))
        ax.set(xlabel="epoch", ylabel=name)
        ax.legend()
    if to_file is not None:
        figure.savefig(os.fspath(to_file), dpi=dpi)
    return figure


def _names(values: Mapping[str, Any], metrics: Sequence[str] | None) -> list[str]:
    known = list(dict.fromkeys(name.removeprefix("val_") for name in values))
    names = known if metrics is None else list(metrics)
    if not names or not set(names) <= set(known):
        raise ValueError(f"Expected some of the metrics {known}. Received: {metrics=}")
    return names


def _epochs(history: Any, name: str, count: int) -> list[int]:
    """The numbers of the epochs, from 1, that have a value of this name."""
    known = getattr(history, "epochs_of", {})
    return [epoch + 1 for epoch in known.get(name, range(count))]


def _marker(epochs: list[int]) -> str | None:
    return "o" if len(epochs) == 1 else None


def _subplots(count: int) -> tuple[Any, list[Any]]:
    try:
        from matplotlib.figure import Figure  # draws without a screen
    except ImportError as error:
        raise ImportError(
            'plot_history needs matplotlib: expected `pip install "fastnn[plot]"`'
        ) from error
    figure = Figure(figsize=(5 * count, 3.5), layout="constrained")
    return figure, list(figure.subplots(1, count, squeeze=False)[0])
