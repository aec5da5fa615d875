"""A picture of a model."""

from __future__ import annotations

import html
import os
from typing import Any

__all__ = ["model_to_dot", "plot_model"]


def model_to_dot(
    model: Any,
    show_shapes: bool = False,
    show_dtype: bool = False,
    show_layer_names: bool = True,
    rankdir: str = "TB",
    expand_nested: bool = False,
    dpi: float = 200,
    subgraph: bool = False,
    show_layer_activations: bool = False,
    show_trainable: bool = False,
    splines: str = "ortho",
) -> Any:
    """Describes a model for Graphviz. Needs pydot: `pip install "fastnn[plot]"`.

    The layers of a `Sequential` become boxes in a row; a model whose `call` is its own
    becomes one box.

    Args:
        model: The model.
        show_shapes: Whether to show the shapes of inputs and outputs.
        show_dtype: Whether to show the type of the outputs.
        show_layer_names: Whether to show names beside kinds of layers.
        rankdir: "TB" from top to bottom, "LR" from left to right.
        expand_nested: Whether to show what is inside the models inside.
        dpi: Dots per inch.
        subgraph: Whether to return a `pydot.Cluster`, to be put into a graph.
        show_layer_activations: Whether to show the names of activations.
        show_trainable: Whether to show if layers with weights are trained.
        splines: Kind of the lines: "ortho", "curved", "polyline", "spline", "line".

    Returns:
        A `pydot.Dot`.

    Raises:
        ImportError: If pydot is not there.
        ValueError: If the model is not built.
    """
    if not model.built:
        raise ValueError(
            "Expected a model that is built; call `build` or show it data. "
            f"Received: {model!r}"
        )
    pydot = _pydot("model_to_dot")
    if subgraph:
        graph = pydot.Cluster(
            graph_name=model.name, label=model.name, labeljust="l", style="dashed"
        )
    else:
        graph = pydot.Dot(rankdir=rankdir, concentrate=True, dpi=dpi, splines=splines)
    graph.set_node_defaults(shape="record")
    label = _Label(
        show_shapes, show_dtype, show_layer_names, show_layer_activations,
        show_trainable,
    )  # fmt: skip
    _Drawing(pydot, label, expand_nested).draw(graph, model)
    return graph


def plot_model(
    model: Any,
    to_file: Any = "model.png",
    show_shapes: bool = False,
    show_dtype: bool = False,
    show_layer_names: bool = False,
    rankdir: str = "TB",
    expand_nested: bool = False,
    dpi: float = 200,
    show_layer_activations: bool = False,
    show_trainable: bool = False,
    splines: str = "ortho",
) -> None:
    """Draws a model into a file. Needs pydot (`pip install "fastnn[plot]"`) and the
    program `dot` of Graphviz (https://graphviz.org/download).

    Args:
        model: The model.
        to_file: Path, whose ending says the kind of image: .png, .svg, .pdf, ...
        show_shapes: As in `model_to_dot`, like what follows.
        show_dtype: See there.
        show_layer_names: See there.
        rankdir: See there.
        expand_nested: See there.
        dpi: See there.
        show_layer_activations: See there.
        show_trainable: See there.
        splines: See there.

    Raises:
        ImportError: If pydot or Graphviz is not there.
        ValueError: If the model is not built, or Graphviz does not know such images.

    Example:
        >>> fastnn.utils.plot_model(model, "model.svg", show_shapes=True)
    """
    graph = model_to_dot(
        model, show_shapes, show_dtype, show_layer_names, rankdir, expand_nested, dpi,
        False, show_layer_activations, show_trainable, splines,
    )  # fmt: skip
    path = os.fspath(to_file)
    kind = os.path.splitext(path)[1].lstrip(".") or "png"
    try:
        graph.write(path, format=kind)
    except FileNotFoundError as error:
        raise ImportError(
            "plot_model needs the program `dot` of Graphviz: expected it to be "
            f"installed, see https://graphviz.org/download. Received: {error}"
        ) from error
    except AssertionError as error:  # how pydot says that `dot` has failed
        raise ValueError(
            "Expected a path that ends like a kind of image of Graphviz, and settings "
            f"that it can draw. Received: to_file={path!r}, {rankdir=}, {splines=}"
        ) from error


def _pydot(what: str) -> Any:
    try:
        import pydot
    except ImportError as error:
        raise ImportError(
            f'{what} needs pydot: expected `pip install "fastnn[plot]"`'
        ) from error
    return pydot


class _Drawing:
    """Puts a model into a graph; boxes have the numbers of their layers' objects."""

    def __init__(self, pydot: Any, label: _Label, expand_nested: bool):
        self._pydot = pydot
        self._label = label
        self._expand = expand_nested

    def draw(self, graph: Any, model: Any) -> None:
        from fastnn.models import Sequential

        if not isinstance(model, Sequential):
            self._box(graph, model, model.input_shape)
            return
        shape = model.input_shape
        for layer in model.layers:
            if self._expand and isinstance(layer, Sequential):
                cluster = self._pydot.Cluster(
                    graph_name=layer.name, label=layer.name, labeljust="l",
                    style="dashed",
                )  # fmt: skip
                self.draw(cluster, layer)
                graph.add_subgraph(cluster)
            else:
                self._box(graph, layer, shape)
            shape = layer.compute_output_shape(shape)
        for before, after in zip(model.layers, model.layers[1:], strict=False):
            edge = self._end(before, -1), self._end(after, 0)
            graph.add_edge(self._pydot.Edge(*map(_number, edge), penwidth=2))

    def _box(self, graph: Any, layer: Any, shape: Any) -> None:
        node = self._pydot.Node(
            _number(layer), label=self._label(layer, shape), fontname="Helvetica",
            border=0, margin=0,
        )  # fmt: skip
        graph.add_node(node)

    def _end(self, layer: Any, index: int) -> Any:
        """The first or last box of what a layer is drawn as."""
        from fastnn.models import Sequential

        while self._expand and isinstance(layer, Sequential):
            layer = layer.layers[index]
        return layer


def _number(layer: Any) -> str:
    return str(id(layer))


class _Label:
    """What stands in the box of a layer, as a table."""

    def __init__(self, shapes, dtype, names, activations, trainable):
        self._shapes = shapes
        self._dtype = dtype
        self._names = names
        self._activations = activations
        self._trainable = trainable

    def __call__(self, layer: Any, shape: Any) -> str:
        cells = self._cells(layer, shape)
        span = f'colspan="{max(1, len(cells))}"'
        kind = type(layer).__name__
        name = html.escape(layer.name)
        title = f"<b>{name}</b> ({kind})" if self._names else f"<b>{kind}</b>"
        rows = [_cell(title, "black", "white", 16, span)]
        activation = getattr(layer, "activation", None)
        if self._activations and activation is not None:
            name = html.escape(getattr(activation, "__name__", str(activation)))
            rows.append(_cell(f"Activation: <b>{name}</b>", further=span))
        rows += ["".join(cells)] if cells else []
        table = "".join(f"<tr>{row}</tr>" for row in rows)
        style = 'border="0" cellborder="1" bgcolor="black" cellpadding="10"'
        return f"<<table {style}>{table}</table>>"

    def _cells(self, layer: Any, shape: Any) -> list[str]:
        cells = []
        if self._shapes:
            cells.append(_cell(f"Input shape: <b>{shape}</b>"))
            out = layer.compute_output_shape(shape)
            cells.append(_cell(f"Output shape: <b>{tuple(out)}</b>"))
        if self._dtype:
            cells.append(_cell(f"Output dtype: <b>{layer.dtype}</b>"))
        if self._trainable and layer.weights:
            trained = layer.trainable
            word = "Trainable" if trained else "Non-trainable"
            back = "forestgreen" if trained else "firebrick"
            cells.append(_cell(f"<b>{word}</b>", back, "white"))
        return cells


def _cell(text, back="white", fore="black", size=14, further="") -> str:
    font = f'<font point-size="{size}" color="{fore}">{text}</font>'
    return f'<td bgcolor="{back}" {further}>{font}</td>'
