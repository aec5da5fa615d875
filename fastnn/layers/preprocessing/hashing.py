"""Categories by hashing."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from fastnn.layers.preprocessing.categorical import CategoricalLayer
from fastnn.layers.preprocessing.encoding import checked_mode
from fastnn.layers.preprocessing.hashes import buckets, checked_salt

__all__ = ["Hashing"]


class Hashing(CategoricalLayer):
    """The hash of a string or an integer, modulo the number of bins.

    Weinberger et al., 2009, "Feature hashing for large scale multitask learning". The
    bins are Keras's; the hash functions come with `pip install "fastnn[hashing]"`.

    Args:
        num_bins: Number of bins.
        mask_value: A value that has bin 0 to itself; None for none.
        salt: One or two integers, for SipHash with them as its key; None for FarmHash.
        output_mode: "int", "one_hot", "multi_hot" or "count"; see `CategoryEncoding`.
        sparse: Only False is supported.
        dtype: Of the outputs: "int32" or "int64" (the default) for "int", else
            "float32" (the default) or "float64".
        **base: Arguments of `Layer`.

    Raises:
        ValueError: If an argument has a wrong value.

    Example:
        >>> fastnn.layers.Hashing(num_bins=3)([["A"], ["B"], ["C"], ["D"], ["E"]])
    """

    _attributes_of_arguments: ClassVar = {"dtype": "output_dtype"}

    def __init__(
        self,
        num_bins: int,
        mask_value: Any = None,
        salt: int | tuple[int, int] | list[int] | None = None,
        output_mode: str = "int",
        sparse: bool = False,
        dtype: npt.DTypeLike | None = None,
        **base: Any,
    ):
        modes = ("int", "one_hot", "multi_hot", "count")
        self.output_mode = checked_mode(output_mode, modes, sparse)
        self.code_dtype = code_dtype(dtype) if output_mode == "int" else None
        super().__init__(dtype=None if self.code_dtype else dtype, **base)
        self.output_dtype = self.code_dtype or self.dtype
        if num_bins is None or num_bins <= 0:
            raise ValueError(
                f"Expected `num_bins` to be a positive integer. Received: {num_bins=}"
            )
        self.num_bins = int(num_bins)
        self.mask_value = mask_value
        self.salt = checked_salt(salt)
        self.sparse = sparse

    @property
    def depth(self):
        return self.num_bins

    def codes(self, values):
        masked = self.mask_value is not None and self.num_bins > 1
        found = buckets(values, self.num_bins - masked, self.salt)
        if masked:
            found = np.where(values == self.mask_value, 0, found + 1)
        return found.astype(self.code_dtype or np.int64)


def code_dtype(dtype: npt.DTypeLike | None) -> str:
    """Returns the type of codes, int64 by default.

    Raises:
        ValueError: If it is not int32 or int64.
    """
    name = "int64" if dtype is None else np.dtype(dtype).name
    if name not in ("int32", "int64"):
        raise ValueError(
            "Expected `dtype` to be 'int32' or 'int64' with output_mode='int'. "
            f"Received: {dtype=}"
        )
    return name
