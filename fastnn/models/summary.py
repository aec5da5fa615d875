"""A model as a table."""

from __future__ import annotations

import itertools
import math
import re
import shutil
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from fastnn.layers import Layer
    from fastnn.models.model import Model

__all__ = ["summary_text"]

Row = list[str]

_ALIGN = (str.ljust, str.ljust, str.rjust, str.center)


def summary_text(
    model: Model,
    line_length: int | None = None,
    positions: Sequence[float] | None = None,
    expand_nested: bool = False,
    show_trainable: bool = False,
    layer_range: Sequence[str] | None = None,
) -> str:
    """The layers with output shape and number of weights, and the totals; arguments as
    in `Model.summary`."""
    titles = ["Layer (type)", "Output Shape", "Param #"]
    usual, ends = 88, list(positions or (0.45, 0.8, 1.0))
    if show_trainable:
        titles.append("Trainable")
        usual, ends = usual + 12, [*(0.9 * end for end in ends), 1.0]
    length = line_length or min(usual, shutil.get_terminal_size().columns - 4)
    widths = _widths(ends, length)
    rows = [
        row
        for layer in _chosen(model.layers, layer_range)
        for row in _rows(layer, expand_nested, show_trainable)
    ]
    lines = [f'Model: "{model.name}"', *_table(titles, rows, widths), *_totals(model)]
    return "\n".join(lines)


# ---- what is in it


def _chosen(layers: list[Layer], between: Sequence[str] | None) -> list[Layer]:
    """The layers from the first that matches one pattern to the last that matches the
    other."""
    if between is None:
        return layers
    if len(between) != 2 or not all(isinstance(name, str) for name in between):
        raise ValueError(
            "Expected `layer_range` to be two names or patterns of names. "
            f"Received: layer_range={between!r}"
        )
    found = [
        [i for i, layer in enumerate(layers) if re.match(pattern, layer.name)]
        for pattern in between
    ]
    if not all(found):
        raise ValueError(
            f"Expected `layer_range` to match layers among {[x.name for x in layers]}. "
            f"Received: layer_range={between!r}"
        )
    first, last = found if min(found[0]) <= max(found[1]) else found[::-1]
    return layers[min(first) : max(last) + 1]


def _rows(layer: Any, expand: bool, trainable: bool, depth: int = 0) -> Iterator[Row]:
    prefix = f"{'   ' * depth}└ " if depth else ""
    count = f"{layer.count_params():,}" if layer.built else "0 (unbuilt)"
    row = [f"{prefix}{layer.name} ({type(layer).__name__})", _shape(layer), count]
    if trainable:
        row.append("-" if not layer.weights else "Y" if layer.trainable else "N")
    yield row
    for inner in getattr(layer, "layers", []) if expand else []:
        yield from _rows(inner, expand, trainable, depth + 1)


def _shape(layer: Layer) -> str:
    if layer.built_for is None:
        return "?"
    return str(tuple(layer.compute_output_shape(layer.built_for)))


def _totals(model: Model) -> list[str]:
    optimizer: Any = model.optimizer
    trained = _size(model.trainable_weights)
    others = _size(model.non_trainable_weights)
    of_optimizer = None
    if getattr(optimizer, "built", False):
        of_optimizer = _size(optimizer.variables)
    every = np.sum([trained, others, of_optimizer or (0, 0)], axis=0)
    lines = [
        _total("Total", *every),
        _total("Trainable", *trained),
        _total("Non-trainable", *others),
    ]
    return lines + ([_total("Optimizer", *of_optimizer)] if of_optimizer else [])


def _size(variables: Iterable[Any]) -> tuple[int, int]:
    """Number of values and of bytes."""
    sizes = [(math.prod(v.shape), np.dtype(v.dtype).itemsize) for v in variables]
    return sum(n for n, _ in sizes), sum(n * item for n, item in sizes)


def _total(title: str, count: int, nbytes: int) -> str:
    return f" {title} params: {count:,} ({_readable(nbytes)})"


def _readable(nbytes: float) -> str:
    for unit in ("B", "KB", "MB"):
        if nbytes < 1024:
            return f"{nbytes:.2f} {unit}"
        nbytes /= 1024
    return f"{nbytes:.2f} GB"


# ---- how it is drawn


def _widths(ends: list[float], length: int) -> list[int]:
    """Widths of the columns, which end at these parts of the line; what the borders
    take is taken from all alike."""
    edges = [0, *(int(end * length) for end in ends)]
    widths = [b - a for a, b in itertools.pairwise(edges)]
    if min(widths) < 4:
        raise ValueError(
            "Expected columns of at least four characters. Received: widths of "
            f"{widths}; give a larger `line_length`"
        )
    left = len(widths) + 1
    for i in range(len(widths)):
        share = round(left / (len(widths) - i))
        widths[i], left = widths[i] - share, left - share
    return widths


def _table(titles: Row, rows: list[Row], widths: list[int]) -> Iterator[str]:
    yield _rule("┏━┳┓", widths)
    yield from _lines(titles, widths, "┃", at_the_bottom=True)
    yield _rule("┡━╇┩", widths)
    for i, row in enumerate(rows):
        if i:
            yield _rule("├─┼┤", widths)
        yield from _lines(row, widths, "│")
    yield _rule("└─┴┘", widths)


def _rule(characters: str, widths: list[int]) -> str:
    left, line, cross, right = tuple(characters)
    return left + cross.join(line * width for width in widths) + right


def _lines(
    row: Row, widths: list[int], bar: str, at_the_bottom: bool = False
) -> Iterator[str]:
    """A row; a cell of more than its width takes several lines."""
    cells = [_wrapped(text, w - 2) for text, w in zip(row, widths, strict=True)]
    height = max(map(len, cells))
    for i in range(height):
        aligned = []
        for cell, width, align in zip(cells, widths, _ALIGN, strict=False):
            line = i - (height - len(cell) if at_the_bottom else 0)
            part = cell[line] if 0 <= line < len(cell) else ""
            aligned.append(align(part, width - 2))
        yield f"{bar} " + f" {bar} ".join(aligned) + f" {bar}"


def _wrapped(text: str, width: int) -> list[str]:
    lines = [""]
    for word in re.findall(r"\s*\S+", text):
        if lines[-1] and len(lines[-1]) + len(word) > width:
            lines.append("")
        lines[-1] += word if lines[-1] or lines == [""] else word.lstrip()
    return [line if len(line) <= width else f"{line[: width - 1]}…" for line in lines]
