"""What every model can do: compile, fit, evaluate, predict."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import numpy.typing as npt

from fastnn.models.predicting import Predicting
from fastnn.models.summary import summary_text
from fastnn.models.weights import load_weights, save_weights, set_weights
from fastnn.naming import auto_name
from fastnn.plan.report import describe
from fastnn.training.inputs import checked_count
from fastnn.training.profile import profile
from fastnn.variable import Variable

if TYPE_CHECKING:
    from fastnn.layers import Layer

__all__ = ["Model"]

Shape = tuple[int | None, ...]


class Model(Predicting):
    """Base of models: what they do with their layers, whichever way those are put
    together.

    Attributes:
        name: Name of the model.
        built: Whether the weights exist.
    """

    layers: Sequence[Layer]
    input_shape: Shape
    output_shape: Shape
    dtype: str

    def __init__(self, name: str | None = None):
        super().__init__()
        self.name = name or auto_name(type(self).__name__)
        self.built = False

    def build(self, input_shape: Sequence[int | None] | None = None) -> None:
        """Makes the weights; see the subclass."""
        raise NotImplementedError

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """Shape of one row of the input."""
        return cast("tuple[int, ...]", self.input_shape[1:])

    @property
    def prediction_shape(self) -> tuple[int, ...]:
        """Shape of one row of the output."""
        return cast("tuple[int, ...]", self.output_shape[1:])

    # ---- weights

    @property
    def weights(self) -> list[Variable]:
        """All weights, layer by layer."""
        return [weight for layer in self.layers for weight in layer.weights]

    @property
    def trainable_weights(self) -> list[Variable]:
        """The weights that training changes."""
        return [weight for layer in self.layers for weight in layer.trainable_weights]

    @property
    def non_trainable_weights(self) -> list[Variable]:
        """The weights that training leaves alone."""
        return [w for layer in self.layers for w in layer.non_trainable_weights]

    @property
    def trainable(self) -> bool:
        """Whether any layer's weights are trained; setting it sets every layer's."""
        return any(layer.trainable for layer in self.layers)

    @trainable.setter
    def trainable(self, value: bool) -> None:
        for layer in self.layers:
            layer.trainable = value

    def get_weights(self) -> list[np.ndarray]:
        """Returns copies of all weights."""
        return [weight.numpy() for weight in self.weights]

    def set_weights(self, weights: Sequence[npt.ArrayLike]) -> None:
        """Sets all weights, or none if one of them does not fit.

        Raises:
            ValueError: If their number or a shape is wrong.
        """
        set_weights(self, weights)

    def save_weights(self, filepath: Any) -> None:
        """Writes all weights to a file, whole or not at all.

        Args:
            filepath: Path that ends in ".weights.npz".

        Raises:
            ValueError: If the model is not built or the path ends otherwise.
            OSError: If the file cannot be written; an older one is then untouched.
        """
        save_weights(self, filepath)

    def load_weights(self, filepath: Any) -> None:
        """Sets all weights from a file that `save_weights` wrote.

        Raises:
            ValueError: If the file is damaged or holds weights of other shapes; the
                model is then as it was.
        """
        load_weights(self, filepath)

    def count_params(self) -> int:
        """Returns the number of values in all weights.

        Raises:
            ValueError: If the model is not built.
        """
        self._require_built("its weights are counted")
        return sum(layer.count_params() for layer in self.layers)

    def summary(self, print_fn: Any = None) -> None:
        """Prints the layers, their output shapes and numbers of weights.

        Args:
            print_fn: Called with the text instead of `print`.
        """
        show: Callable[[str], Any] = print if print_fn is None else print_fn
        show(summary_text(self))

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
        print(text)
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

    def __reduce__(self):
        raise TypeError(
            f"Expected a model to be copied by parts. Received: {self!r} to pickle; "
            "use `from_config(model.get_config())` and `set_weights`"
        )

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}, built={self.built}>"
