"""What every model can do: compile, fit, evaluate, predict."""

from __future__ import annotations

import contextlib
import json
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, cast

import numpy.typing as npt

from fastnn.console import say
from fastnn.dtype_policies import DTypePolicy
from fastnn.layers import Layer
from fastnn.layers.weight_holder import unchanged_on_failure
from fastnn.models.predicting import Predicting
from fastnn.models.summary import summary_text
from fastnn.models.weights import load_weights, save_weights, set_weights
from fastnn.plan.report import describe
from fastnn.saving import custom_object_scope, serialize_keras_object
from fastnn.training.inputs import checked_count
from fastnn.training.plans import Plans
from fastnn.training.profile import profile

__all__ = ["Model"]

Shape = tuple[int | None, ...]

_OF_THIS_PROCESS = frozenset({
    "plans", "loss_tracker", "_training", "_busy", "_fitting", "_watchers", "_building",
})  # fmt: skip


class Model(Predicting, Layer):  # type: ignore[misc]  # takes `out`, but no `mask`
    """A network that can be trained; itself a layer, so that models contain models.

    To write your own, keep its layers as attributes (or in lists or dicts) and chain
    them in `call`, as in a `Layer` made of layers.

    Args:
        name: Name of the model; by default the class's name with a number.
        trainable: Whether training changes its weights.
        dtype: "float32" (the default), "float64" or "mixed_bfloat16".

    Attributes:
        built: Whether the weights exist.

    Example:
        >>> class Classifier(fastnn.Model):
        ...     def __init__(self, units=32):
        ...         super().__init__()
        ...         self.units = units
        ...         self.hidden = fastnn.layers.Dense(units, activation="relu")
        ...         self.dropout = fastnn.layers.Dropout(0.2)
        ...         self.out = fastnn.layers.Dense(10, activation="softmax")
        ...     def call(self, inputs, training=False):
        ...         x = self.dropout(self.hidden(inputs), training=training)
        ...         return self.out(x)
    """

    def __init__(
        self,
        *,
        name: str | None = None,
        trainable: bool = True,
        dtype: npt.DTypeLike | None = None,
    ):
        Predicting.__init__(self)
        self._watchers: weakref.WeakSet[Plans] = weakref.WeakSet()
        Layer.__init__(self, name=name, trainable=trainable, dtype=dtype)

    # ---- the network

    @property
    def layers(self) -> list[Layer]:
        """The layers that belong to the model directly."""
        return self._sublayers()

    @property
    def input_shape(self) -> Shape:
        """Shape of a batch of inputs; None for any number of rows.

        Raises:
            ValueError: If it is not known yet.
        """
        if self.built_for is None:
            raise self._unbuilt("its input shape is known")
        return (None, *self.built_for[1:])

    @property
    def output_shape(self) -> Shape:
        """Shape of a batch of outputs.

        Raises:
            ValueError: If it is not known yet.
        """
        return self.compute_output_shape(self.input_shape)

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """Shape of one row of the input."""
        return cast("tuple[int, ...]", self.input_shape[1:])

    @property
    def prediction_shape(self) -> tuple[int, ...]:
        """Shape of one row of the output."""
        return cast("tuple[int, ...]", self.output_shape[1:])

    @property
    def dtype(self) -> str:
        """Element type of the weights: "float32" or "float64".

        Raises:
            ValueError: If layers with weights differ in it.
        """
        return common_dtype(self._flatten_layers()[1:], self.dtype_policy)

    def get_layer(self, name: str | None = None, index: int | None = None) -> Layer:
        """Returns a layer by its name or its place.

        Raises:
            ValueError: If there is no such layer, or not exactly one of both is given.
        """
        if (name is None) == (index is None):
            raise ValueError(
                f"Expected either `name` or `index`. Received: {name=}, {index=}"
            )
        layers = self.layers
        if index is not None:
            if not -len(layers) <= index < len(layers):
                raise ValueError(
                    f"Expected an index below {len(layers)}. Received: {index=}"
                )
            return layers[index]
        for layer in layers:
            if layer.name == name:
                return layer
        raise ValueError(
            f"Expected one of the layers {[layer.name for layer in layers]}. "
            f"Received: {name=}"
        )

    @contextlib.contextmanager
    def _unbuilt_on_failure(self) -> Iterator[None]:
        """Takes a build back if what is inside fails: what could not be used says
        nothing about the right shape."""
        if self.built:
            yield
            return
        try:
            with unchanged_on_failure(self._flatten_layers()):
                yield
        except BaseException:
            self._changed()
            raise

    def _changed(self) -> None:
        """Forgets what follows from the network, which has changed."""
        for plans in (self.plans, *self._watchers):
            plans.clear()
        if self._compilation is not None:
            self._compilation.forget_output()

    # ---- weights

    def set_weights(self, weights: Sequence[npt.ArrayLike]) -> None:
        """Sets all weights, or none if one of them does not fit.

        Raises:
            ValueError: If their number or a shape is wrong.
        """
        set_weights(self, weights)

    def save_weights(self, filepath: Any, overwrite: bool = True) -> None:
        """Writes all weights to a file, whole or not at all.

        Args:
            filepath: Path that ends in ".weights.npz".
            overwrite: Whether a file that is there is replaced.

        Raises:
            ValueError: If the model is not built or the path ends otherwise.
            OSError: If the file cannot be written; an older one is then untouched.
        """
        save_weights(self, filepath, overwrite=overwrite)

    def load_weights(self, filepath: Any, skip_mismatch: bool = False) -> None:
        """Sets all weights from a file that `save_weights` wrote.

        Args:
            filepath: Path that ends in ".weights.npz".
            skip_mismatch: Whether a layer that the file's weights do not fit keeps its
                own, with a warning, rather than that none is set. The first layer with
                weights gets those of the file's first layer, and so on.

        Raises:
            ValueError: If the file is damaged or holds weights of other shapes; the
                model is then as it was.
        """
        load_weights(self, filepath, skip_mismatch=skip_mismatch)

    def count_params(self) -> int:
        """Returns the number of values in all weights.

        Raises:
            ValueError: If the model is not built.
        """
        self._require_built("its weights are counted")
        return super().count_params()

    def summary(
        self,
        line_length: int | None = None,
        positions: Sequence[float] | None = None,
        print_fn: Callable[[str], Any] | None = None,
        expand_nested: bool = False,
        show_trainable: bool = False,
        layer_range: Sequence[str] | None = None,
    ) -> None:
        """Prints the layers, their output shapes and numbers of weights.

        Args:
            line_length: Characters of a line; by default what suits the terminal.
            positions: Where the columns end, as parts of the line.
            print_fn: Called with the text instead of `print`.
            expand_nested: Whether to show what is inside the layers that have layers.
            show_trainable: Whether to show which layers are trained.
            layer_range: The names of the first and of the last layer to show, or
                regular expressions that match them.

        Raises:
            ValueError: If the columns do not fit, or `layer_range` matches nothing.
        """
        text = summary_text(
            self, line_length, positions, expand_nested, show_trainable, layer_range
        )
        if print_fn is None:
            say(text)
        else:
            print_fn(f"{text}\n")

    # ---- configuration

    @classmethod
    def from_config(
        cls, config: Mapping[str, Any], custom_objects: Mapping[str, Any] | None = None
    ) -> Any:
        """Returns a new model with the arguments that `get_config` gave.

        Args:
            config: The configuration.
            custom_objects: Your own classes and functions by name.
        """
        with custom_object_scope(custom_objects):
            return cls(**config)

    def to_json(self, **kwargs: Any) -> str:
        """Returns the architecture, and what `compile` was told, as JSON; see
        `fastnn.models.model_from_json`.

        Args:
            **kwargs: Arguments of `json.dumps`, such as `indent`.
        """
        return json.dumps(serialize_keras_object(self), **kwargs)

    # ---- the plan

    def explain(self, batch_size: int = 32, mode: str | None = None) -> str:
        """Prints the plan: every operation of a step with its layer, the shape of its
        result, bytes, floating-point operations and measured time.

        The steps measured run on made-up rows; weights, optimizer and metrics are put
        back afterwards.

        Args:
            batch_size: Rows of the step.
            mode: "train", "evaluate" or "predict"; by default "train" if the model is
                compiled with a loss, else "predict".

        Returns:
            The text that it prints.
        """
        self._require_built("its plan is explained")
        batch_size = checked_count("batch_size", batch_size)
        with self._exclusively("explain"):
            title, ops, seconds = profile(self, batch_size, mode)
        text = describe(title, ops, batch_size, seconds)
        say(text)
        return text

    # ---- inside

    def _require_built(self, purpose: str) -> None:
        if not self.built:
            raise self._unbuilt(purpose)

    def _unbuilt(self, purpose: str) -> ValueError:
        return ValueError(
            f"Expected the model {self.name!r} to be built before {purpose}: give "
            "its first layer an `input_shape`, call `build`, or show it data"
        )

    def __getstate__(self) -> dict[str, Any]:
        """Returns all but what belongs to this process: plans, locks, a training that
        is under way."""
        state = {**vars(self), "log": self.plans.log.copy()}
        return {name: v for name, v in state.items() if name not in _OF_THIS_PROCESS}

    def __setstate__(self, state: dict[str, Any]) -> None:
        log = state.pop("log")
        Predicting.__init__(self)
        self._watchers = weakref.WeakSet()
        vars(self).update(state)
        self.plans.log[:] = log

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}, built={self.built}>"


def common_dtype(layers: Sequence[Layer], otherwise: DTypePolicy) -> str:
    """The dtype of those layers that have weights of their own."""
    dtypes = {layer.dtype: layer.name for layer in layers if layer._own_weights()}
    if len(dtypes) > 1:
        raise ValueError(
            "Expected all layers with weights to have one dtype. Received: "
            + ", ".join(f"{dtype} in {name!r}" for dtype, name in dtypes.items())
        )
    return next(iter(dtypes), otherwise.variable_dtype)
