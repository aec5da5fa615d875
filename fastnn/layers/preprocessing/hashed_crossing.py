"""Categories of combinations of features."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from fastnn.layers.layer import Layer
from fastnn.layers.preprocessing.encoding import checked_mode, encode, encoded_shape
from fastnn.layers.preprocessing.hashes import crossed, fingerprints
from fastnn.layers.preprocessing.hashing import code_dtype

__all__ = ["HashedCrossing"]


class HashedCrossing(Layer):
    """The hash of a combination of features, modulo the number of bins.

    It takes several inputs and so is called on arrays, outside a `Sequential`. The bins
    are Keras's; the hash function comes with `pip install "fastnn[hashing]"`.

    Args:
        num_bins: Number of bins.
        output_mode: "int" or "one_hot".
        sparse: Only False is supported.
        name: Name of the layer.
        dtype: Of the outputs: "int32" or "int64" (the default) for "int", else
            "float32" (the default) or "float64".

    Raises:
        ValueError: If an argument has a wrong value.

    Example:
        >>> layer = fastnn.layers.HashedCrossing(num_bins=5)
        >>> layer((["A", "B", "A"], [101, 101, 102]))
    """

    _attributes_of_arguments: ClassVar = {"dtype": "output_dtype"}

    def __init__(
        self,
        num_bins: int,
        output_mode: str = "int",
        sparse: bool = False,
        name: str | None = None,
        dtype: npt.DTypeLike | None = None,
    ):
        self.output_mode = checked_mode(output_mode, ("int", "one_hot"), sparse)
        self.code_dtype = code_dtype(dtype) if output_mode == "int" else None
        super().__init__(name=name, dtype=None if self.code_dtype else dtype)
        self.output_dtype = self.code_dtype or self.dtype
        if num_bins is None or num_bins <= 0:
            raise ValueError(
                f"Expected `num_bins` to be a positive integer. Received: {num_bins=}"
            )
        self.num_bins = int(num_bins)
        self.sparse = sparse

    def call(self, inputs: Any) -> np.ndarray:
        columns = [fingerprints(column) for column in inputs]
        codes = crossed(columns, self.num_bins)
        if self.output_mode == "int":
            return codes.astype(self.output_dtype)
        return encode(codes, self.output_mode, self.num_bins, self.dtype)

    def lower(self, builder, x):
        raise ValueError(
            f"Expected the layer {self.name!r} to be called on several arrays, outside "
            "a model. Received: a Sequential, which has one input"
        )

    def compute_output_shape(self, input_shape):
        first = tuple(input_shape[0])
        return encoded_shape(first, self.output_mode, self.num_bins)

    def __call__(self, inputs: Any, *args: Any, **kwargs: Any) -> np.ndarray:
        """Returns the outputs.

        Args:
            inputs: At least two arrays of strings or integers, all of one shape: (),
                (rows,) or (rows, 1).

        Raises:
            ValueError: If they are something else.
        """
        if not isinstance(inputs, tuple | list) or len(inputs) < 2:
            raise ValueError(
                "Expected a list of at least two arrays. "
                f"Received: inputs of type {type(inputs).__name__}"
            )
        arrays = [np.asarray(array) for array in inputs]
        shape = arrays[0].shape
        if any(array.shape != shape for array in arrays) or not (
            len(shape) < 2 or (len(shape) == 2 and shape[1] == 1)
        ):
            raise ValueError(
                "Expected arrays of one shape: (), (rows,) or (rows, 1). "
                f"Received: shapes {[array.shape for array in arrays]}"
            )
        self.built = True
        if any(array.dtype.kind not in "biuOSU" for array in arrays):
            raise ValueError(
                "Expected integers or strings. "
                f"Received: dtypes {[str(array.dtype) for array in arrays]}"
            )
        return self.call(arrays)
