"""A model as a table."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from fastnn.models.model import Model
    from fastnn.variable import Variable

__all__ = ["summary_text"]

_TITLES = ("Layer (type)", "Output Shape", "Param #")


def summary_text(model: Model) -> str:
    """The layers with output shape and number of weights, and the totals."""
    rows = [_TITLES, *_layer_rows(model)]
    widths = [max(len(row[i]) for row in rows) + 2 for i in range(len(_TITLES))]
    rule = "-" * sum(widths)
    lines = [f'Model: "{model.name}"', rule, _line(rows[0], widths), rule]
    lines += [_line(row, widths) for row in rows[1:]]
    lines += [
        rule,
        _total("Total params", model.weights),
        _total("Trainable params", model.trainable_weights),
        _total("Non-trainable params", model.non_trainable_weights),
    ]
    return "\n".join(lines)


def _layer_rows(model: Model) -> list[tuple[str, str, str]]:
    rows = []
    shape = model.input_shape if model.built else None
    for layer in model.layers:
        shape = None if shape is None else tuple(layer.compute_output_shape(shape))
        count = "0 (unbuilt)" if shape is None else f"{layer.count_params():,}"
        title = f"{layer.name} ({type(layer).__name__})"
        rows.append((title, "?" if shape is None else str(shape), count))
    return rows


def _line(row: tuple[str, ...], widths: list[int]) -> str:
    name, shape, count = row
    return name.ljust(widths[0]) + shape.ljust(widths[1]) + count.rjust(widths[2])


def _total(title: str, weights: list[Variable]) -> str:
    sizes = [math.prod(w.shape) for w in weights]
    nbytes = sum(
        n * np.dtype(w.dtype).itemsize for n, w in zip(sizes, weights, strict=True)
    )
    return f" {title}: {sum(sizes):,} ({_readable(nbytes)})"


def _readable(nbytes: float) -> str:
    for unit in ("B", "KB", "MB"):
        if nbytes < 1024:
            return f"{nbytes:.2f} {unit}"
        nbytes /= 1024
    return f"{nbytes:.2f} GB"
