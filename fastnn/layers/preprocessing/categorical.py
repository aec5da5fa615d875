"""The base of the layers that turn values into categories."""

from __future__ import annotations

from typing import Any

import numpy as np

from fastnn.layers.layer import Layer
from fastnn.layers.preprocessing.encoding import encode, encoded_shape
from fastnn.plan.rules.categories import codes_by, encoded
from fastnn.plan.symbol import Symbol

__all__ = ["CategoricalLayer"]


class CategoricalLayer(Layer):
    """Finds the category of each value and writes it in an output mode.

    A subclass says how categories are found (`codes`) and how many there are
    (`depth`). As the first layer of a model it is given the user's own values, strings
    and large integers included: `read` is called once for all rows before the plan
    runs. Elsewhere it runs within the plan, in Python unless it overrides
    `lower_codes`.

    Attributes:
        output_mode: "int", "one_hot", "multi_hot", "count" or "tf_idf".
    """

    output_mode: str
    reads = True
    takes_codes = True

    @property
    def depth(self) -> int:
        """The number of categories."""
        raise NotImplementedError

    @property
    def column_weights(self) -> np.ndarray | None:
        """What each column of the output is multiplied by; None for nothing."""
        return None

    def codes(self, values: np.ndarray) -> np.ndarray:
        """Returns the index of the category of each value, in the shape of `values`."""
        raise NotImplementedError

    def call(self, inputs: np.ndarray) -> np.ndarray:
        codes = self.codes(np.asarray(inputs))
        if self.output_mode == "int":
            return codes
        return encode(
            codes, self.output_mode, self.depth, self.dtype, self.column_weights
        )

    def __call__(
        self, inputs: Any, training: bool | None = None, *args: Any, **kwargs: Any
    ) -> Any:
        """Returns the outputs for an array of values of any shape; they are the same in
        training."""
        if isinstance(inputs, Symbol):
            return inputs.through(self, training)
        values = np.asarray(inputs)
        if not self.built:
            self.build((None, *values.shape[1:]))
        return self.call(values, *args, **kwargs)

    def compute_output_shape(self, input_shape):
        if self.output_mode == "int":
            return input_shape
        return encoded_shape(tuple(input_shape), self.output_mode, self.depth)

    def read(self, values):
        return self.codes(values).astype(np.int32)

    def lower_read(self, builder, codes):
        return self.lower_encoding(builder, codes)

    def lower(self, builder, x):
        return self.lower_encoding(builder, self.lower_codes(builder, x))

    def lower_codes(self, builder, x):
        """Records what finds the categories."""
        return codes_by(builder, self.codes, x)

    def lower_encoding(self, builder, codes):
        """Records the output mode."""
        if self.output_mode == "int":
            return codes
        _, *shape = self.compute_output_shape((None, *codes.shape))
        return encoded(
            builder,
            codes,
            tuple(shape),
            count=self.output_mode in ("count", "tf_idf"),
            weight=self.column_weights,
        )
