"""Vectors for indices."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from fastnn import constraints, initializers, regularizers
from fastnn.layers.checks import positive_integer
from fastnn.layers.low_rank import LowRankLayer
from fastnn.plan.rules.categories import as_codes
from fastnn.plan.rules.masking import mask_of_codes

__all__ = ["Embedding"]


class Embedding(LowRankLayer):
    """outputs = embeddings[inputs], a vector for each index: (rows, ...) of integers ->
    (rows, ..., output_dim)

    As the first layer of a model it reads integers as they are, whatever their type.

    Bengio et al., 2003, "A neural probabilistic language model".

    Args:
        input_dim: Number of vectors; indices go from 0 to input_dim - 1.
        output_dim: Length of a vector.
        embeddings_initializer: First values, shape (input_dim, output_dim).
        embeddings_regularizer: Penalty on the vectors, or None.
        embeddings_constraint: What they are put through after each update, or None.
        mask_zero: Whether the index 0 stands for no value, which masks it.
        weights: First values as an array, or a list of one.
        lora_rank, lora_alpha: Trains an adaptation of low rank in place of the vectors,
            as in `Dense`.
        quantization_config: Only None is supported.
        **base: Arguments of `Layer`.

    Raises:
        ValueError: If an argument has a wrong value; at a call, if an index is out of
            range.
        TypeError: At a call, if the inputs are not integers.

    Example:
        >>> layer = fastnn.layers.Embedding(1000, 64)
        >>> layer(np.zeros((32, 10), int)).shape
        (32, 10, 64)
    """

    _fixed = frozenset({"input_dim", "output_dim"})

    takes_codes = True
    reads = True
    matrix_name = "embeddings"
    input_dim: int = 0  # type: ignore[assignment]  # no length of rows here
    # not part of the configuration: they are first values
    _attributes_of_arguments: ClassVar = {
        **LowRankLayer._attributes_of_arguments,
        "weights": "_first_values_are_not_kept",
    }
    _first_values_are_not_kept = None

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        embeddings_initializer: Any = "uniform",
        embeddings_regularizer: Any = None,
        embeddings_constraint: Any = None,
        mask_zero: bool = False,
        weights: Any = None,
        lora_rank: int | None = None,
        lora_alpha: float | None = None,
        quantization_config: None = None,
        **base: Any,
    ):
        super().__init__(lora_rank, lora_alpha, quantization_config, **base)
        self.input_dim = positive_integer("input_dim", input_dim)
        self.output_dim = positive_integer("output_dim", output_dim)
        self.embeddings_initializer = initializers.get(embeddings_initializer)
        self.embeddings_regularizer = regularizers.get(embeddings_regularizer)
        self.embeddings_constraint = constraints.get(embeddings_constraint)
        self.mask_zero = self.supports_masking = bool(mask_zero)
        if weights is not None:
            self.build((None, None))
            one = isinstance(weights, list) and len(weights) == 1
            self._matrix.assign(weights[0] if one else weights)

    @property
    def embeddings(self) -> Any:
        """The vectors, a variable; the sum with their adaptation, if there is one."""
        return self.matrix

    def build(self, input_shape=None):
        self.add_matrix(
            (self.input_dim, self.output_dim),
            self.embeddings_initializer,
            regularizer=self.embeddings_regularizer,
            constraint=self.embeddings_constraint,
        )
        self.add_adaptation()

    def fits(self, input_shape):
        return True

    def compute_output_shape(self, input_shape):
        return (*input_shape, self.output_dim)

    def compute_mask(self, inputs: npt.ArrayLike, previous_mask: Any = None) -> Any:
        return np.asarray(inputs) != 0 if self.mask_zero else None

    def read(self, values):
        whole = values.dtype.kind in "iub"
        if values.dtype.kind == "f":
            whole = np.isfinite(values).all() and (values == np.trunc(values)).all()
        if not whole:
            raise TypeError(
                f"Expected integers for the layer {self.name!r}. "
                f"Received: {values.dtype} values such as {values.reshape(-1)[:1]}"
            )
        if values.size and not 0 <= values.min() <= values.max() < self.input_dim:
            raise ValueError(
                f"Expected indices from 0 to {self.input_dim - 1} for the layer "
                f"{self.name!r}. Received: {values.min()} to {values.max()}"
            )
        return values.astype(np.int32)

    def lower(self, builder, x):
        codes = as_codes(builder, x)
        shape = (*codes.shape, self.output_dim)
        out = self.lower_matrix(builder, codes, "embedding", shape=shape)
        if self.mask_zero:
            builder.set_mask(out, mask_of_codes(builder, codes))
        return out
