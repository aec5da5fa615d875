"""Strings as categories."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from fastnn.layers.preprocessing.lookup import IndexLookup

__all__ = ["StringLookup"]


class StringLookup(IndexLookup):
    """Gives each string of a vocabulary an index.

    Args:
        max_tokens: The most indices that there may be; None for any number.
        num_oov_indices: Indices for strings that the vocabulary lacks; with none, such
            a string is an error. More than one needs `pip install "fastnn[hashing]"`.
        mask_token: A string that stands for no value; None for none.
        oov_token: What an inverted lookup returns for indices out of the vocabulary.
        vocabulary: The strings, or the path of a file with one in each line; None to
            `adapt` to data.
        idf_weights: The inverse document frequency of each string, for "tf_idf".
        invert: Whether to turn indices into strings; outside a model only.
        output_mode: "int", or "one_hot", "multi_hot", "count" (see `CategoryEncoding`),
            or "tf_idf" (counts times inverse document frequencies).
        pad_to_max_tokens: Whether there are `max_tokens` columns, however few strings.
        sparse: Only False is supported.
        encoding: Of strings that are given as bytes.
        name: Name of the layer.
        salt: One or two integers, the key of another hash function for several indices
            out of the vocabulary.
        **base: Arguments of `Layer`.

    Raises:
        ValueError: If an argument has a wrong value.

    Example:
        >>> layer = fastnn.layers.StringLookup(vocabulary=["H", "L", "M"])
        >>> layer([["L"], ["H"], ["X"]])
        array([[2],
               [1],
               [0]])
    """

    token_kinds = "USO"

    def __init__(
        self,
        max_tokens: int | None = None,
        num_oov_indices: int = 1,
        mask_token: str | None = None,
        oov_token: str = "[UNK]",
        vocabulary: Any = None,
        idf_weights: npt.ArrayLike | None = None,
        invert: bool = False,
        output_mode: str = "int",
        pad_to_max_tokens: bool = False,
        sparse: bool = False,
        encoding: str = "utf-8",
        name: str | None = None,
        salt: Any = None,
        **base: Any,
    ):
        super().__init__(name=name, **base)
        self.encoding = encoding
        self._set_up(
            max_tokens, num_oov_indices, mask_token, oov_token, vocabulary, idf_weights,
            invert, output_mode, sparse, pad_to_max_tokens, "farmhash", salt,
        )  # fmt: skip

    def standardized(self, values):
        if values.dtype.kind == "S":
            return np.char.decode(values, self.encoding)
        if values.dtype.kind == "O":
            flat = [self._text(value) for value in values.reshape(-1).tolist()]
            return np.array(flat, np.str_).reshape(values.shape)
        if values.dtype.kind != "U" and values.size:
            raise TypeError(
                f"Expected strings for the layer {self.name!r}. "
                f"Received: dtype={values.dtype}"
            )
        return values.astype(np.str_)

    def _text(self, value: Any) -> str:
        if isinstance(value, bytes):
            return value.decode(self.encoding)
        if not isinstance(value, str):
            raise TypeError(
                f"Expected strings for the layer {self.name!r}. Received: {value!r}"
            )
        return value

    def parsed(self, lines):
        return lines
