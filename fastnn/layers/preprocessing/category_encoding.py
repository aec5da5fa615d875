"""Encoding of integers that are categories already."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from fastnn.dtypes import as_real
from fastnn.layers.preprocessing.categorical import CategoricalLayer
from fastnn.layers.preprocessing.encoding import checked_mode, encode
from fastnn.plan.rules.categories import as_codes

__all__ = ["CategoryEncoding"]


class CategoryEncoding(CategoricalLayer):
    """Writes integers from 0 to num_tokens - 1 as columns.

    Args:
        num_tokens: Number of categories.
        output_mode: "one_hot" for columns of its own for each integer (a last axis of
            length 1 goes), "multi_hot" for whether a row has each category, "count"
            for how many times.
        sparse: Only False is supported.
        **base: Arguments of `Layer`.

    Raises:
        ValueError: If an argument has a wrong value.

    Example:
        >>> fastnn.layers.CategoryEncoding(4)([[0, 1], [0, 3]])
        array([[1., 1., 0., 0.],
               [1., 0., 0., 1.]], dtype=float32)
    """

    def __init__(
        self,
        num_tokens: int | None = None,
        output_mode: str = "multi_hot",
        sparse: bool = False,
        **base: Any,
    ):
        super().__init__(**base)
        if num_tokens is None or num_tokens < 1:
            raise ValueError(
                "Expected `num_tokens` to be a positive integer; for categories that "
                f"are not known there is IntegerLookup. Received: {num_tokens=}"
            )
        self.num_tokens = int(num_tokens)
        modes = ("count", "one_hot", "multi_hot")
        self.output_mode = checked_mode(output_mode, modes, sparse)
        self.sparse = sparse

    @property
    def depth(self):
        return self.num_tokens

    def codes(self, values):
        if values.dtype.kind not in "biuf":
            raise TypeError(
                f"Expected the inputs of {self.name!r} to be integers. "
                f"Received: dtype={values.dtype}"
            )
        if values.size and not 0 <= values.min() <= values.max() < self.num_tokens:
            raise ValueError(
                f"Expected integers from 0 to {self.num_tokens - 1} for the layer "
                f"{self.name!r}. Received: {values.min()} to {values.max()}"
            )
        return values.astype(np.int64)

    def call(
        self, inputs: np.ndarray, count_weights: npt.ArrayLike | None = None
    ) -> np.ndarray:
        if count_weights is None:
            return super().call(inputs)
        if self.output_mode != "count":
            raise ValueError(
                "Expected `count_weights` with output_mode='count' alone. "
                f"Received: output_mode={self.output_mode!r}"
            )
        codes = self.codes(np.asarray(inputs))
        amounts = as_real(count_weights, self.dtype, name="`count_weights`")
        return encode(codes, "count", self.depth, self.dtype, None, amounts)

    def lower(self, builder, x):
        return self.lower_encoding(builder, as_codes(builder, x))
