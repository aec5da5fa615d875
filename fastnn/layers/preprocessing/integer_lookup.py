"""Integers as categories."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from fastnn.layers.preprocessing.lookup import IndexLookup

__all__ = ["IntegerLookup"]


class IntegerLookup(IndexLookup):
    """Gives each integer of a vocabulary an index.

    Args:
        max_tokens: The most indices that there may be; None for any number.
        num_oov_indices: Indices for integers that the vocabulary lacks; with none, such
            an integer is an error.
        mask_token: An integer that stands for no value; None for none.
        oov_token: What an inverted lookup returns for indices out of the vocabulary.
        vocabulary: The integers, or the path of a file with one in each line; None to
            `adapt` to data.
        vocabulary_dtype: Only "int64" is supported.
        idf_weights: The inverse document frequency of each integer, for "tf_idf".
        invert: Whether to turn indices into integers.
        output_mode: "int", or "one_hot", "multi_hot", "count" (see `CategoryEncoding`),
            or "tf_idf" (counts times inverse document frequencies).
        sparse: Only False is supported.
        pad_to_max_tokens: Whether there are `max_tokens` columns, however few integers.
        oov_method: Which of several indices out of the vocabulary an integer gets:
            "floormod", itself modulo their number, or "farmhash", its hash, which needs
            `pip install "fastnn[hashing]"`.
        salt: One or two integers, the key of another hash function for "farmhash".
        name: Name of the layer.
        **base: Arguments of `Layer`.

    Raises:
        ValueError: If an argument has a wrong value.

    Example:
        >>> layer = fastnn.layers.IntegerLookup(vocabulary=[12, 36, 1138])
        >>> layer([[12, 1138], [36, 7]])
        array([[1, 3],
               [2, 0]])
    """

    token_kinds = "iub"

    def __init__(
        self,
        max_tokens: int | None = None,
        num_oov_indices: int = 1,
        mask_token: int | None = None,
        oov_token: int = -1,
        vocabulary: Any = None,
        vocabulary_dtype: str = "int64",
        idf_weights: npt.ArrayLike | None = None,
        invert: bool = False,
        output_mode: str = "int",
        sparse: bool = False,
        pad_to_max_tokens: bool = False,
        oov_method: str = "floormod",
        salt: Any = None,
        name: str | None = None,
        **base: Any,
    ):
        if vocabulary_dtype != "int64":
            raise ValueError(
                f"Expected vocabulary_dtype='int64'. Received: {vocabulary_dtype=}"
            )
        super().__init__(name=name, **base)
        self.vocabulary_dtype = vocabulary_dtype
        self._set_up(
            max_tokens, num_oov_indices, mask_token, oov_token, vocabulary, idf_weights,
            invert, output_mode, sparse, pad_to_max_tokens, oov_method, salt,
        )  # fmt: skip

    def standardized(self, values):
        with np.errstate(invalid="ignore"):  # NaN is found out below
            whole = values.astype(np.int64) if values.dtype.kind in "iubf" else None
        if whole is None or not np.array_equal(whole, values):
            raise TypeError(
                f"Expected integers for the layer {self.name!r}. "
                f"Received: {values.dtype} values such as {values.reshape(-1)[:1]}"
            )
        return whole

    def parsed(self, lines):
        return [int(line) for line in lines]
