"""The base of the layers that have a vocabulary."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from fastnn.layers.preprocessing.batches import batches_of
from fastnn.layers.preprocessing.categorical import CategoricalLayer
from fastnn.layers.preprocessing.encoding import checked_mode
from fastnn.layers.preprocessing.hashes import buckets, checked_salt
from fastnn.layers.preprocessing.vocabulary import (
    Frequencies,
    checked_tokens,
    padded_weights,
)

__all__ = ["IndexLookup"]

_MODES = ("int", "one_hot", "multi_hot", "count", "tf_idf")


class IndexLookup(CategoricalLayer):
    """Gives each token of a vocabulary an index.

    The indices begin with the mask token, if there is one and the output mode is
    "int", go on with those for tokens out of the vocabulary, and then follow the
    vocabulary.

    Args:
        max_tokens: The most indices that there may be; None for any number.
        num_oov_indices: Indices for tokens that the vocabulary lacks; with more than
            one, the token decides which; with none, such a token is an error.
        mask_token: A token that stands for no value: index 0 for "int", otherwise
            counted in no column. None for none.
        oov_token: What an inverted lookup returns for indices out of the vocabulary.
        vocabulary: The tokens, or the path of a file with one in each line; None to
            `adapt` to data.
        idf_weights: The inverse document frequency of each token, for "tf_idf".
        invert: Whether to turn indices into tokens.
        output_mode: "int", "one_hot", "multi_hot", "count" or "tf_idf".
        sparse: Only False is supported.
        pad_to_max_tokens: Whether there are `max_tokens` columns, however few tokens.
        oov_method: "floormod", for integers modulo the number of indices, or
            "farmhash", for hashes, as strings always have.
        salt: One or two integers, the key of another hash function.
    """

    token_kinds: ClassVar[str]
    """NumPy's kinds of types that tokens may have."""

    def _set_up(
        self,
        max_tokens: int | None,
        num_oov_indices: int,
        mask_token: Any,
        oov_token: Any,
        vocabulary: Any,
        idf_weights: npt.ArrayLike | None,
        invert: bool,
        output_mode: str,
        sparse: bool,
        pad_to_max_tokens: bool,
        oov_method: str,
        salt: Any,
    ) -> None:
        """Takes the arguments of a subclass's constructor."""
        self.max_tokens = max_tokens
        self.num_oov_indices = num_oov_indices
        self.mask_token = mask_token
        self.oov_token = oov_token
        self.invert = bool(invert)
        self.output_mode = checked_mode(output_mode, _MODES, sparse)
        self.sparse = sparse
        self.pad_to_max_tokens = bool(pad_to_max_tokens)
        self.oov_method = oov_method
        self.salt = checked_salt(salt)
        self._check()
        self._tokens: list[Any] = []
        self._column_weights: np.ndarray | None = None
        self._given = vocabulary is not None
        if idf_weights is not None and self.output_mode != "tf_idf":
            raise ValueError(
                "Expected `idf_weights` with output_mode='tf_idf' alone. "
                f"Received: {output_mode=}"
            )
        if vocabulary is not None:
            self.set_vocabulary(vocabulary, idf_weights)

    def _check(self) -> None:
        wrong = {
            "`max_tokens` to be above 1": (self.max_tokens or 2) <= 1,
            "`num_oov_indices` to be at least 0": self.num_oov_indices < 0,
            "`oov_method` to be 'floormod' or 'farmhash'": self.oov_method
            not in ("floormod", "farmhash"),
            "`max_tokens` with pad_to_max_tokens=True": self.pad_to_max_tokens
            and self.max_tokens is None,
            "output_mode='int' with invert=True": self.invert
            and self.output_mode != "int",
            "oov_method='farmhash' with a salt for integers": self.salt is not None
            and self.oov_method != "farmhash"
            and self.token_kinds == "iub",
        }
        for expected, failed in wrong.items():
            if failed:
                raise ValueError(
                    f"Expected {expected}. Received: max_tokens={self.max_tokens}, "
                    f"num_oov_indices={self.num_oov_indices}, "
                    f"oov_method={self.oov_method!r}, invert={self.invert}, "
                    f"output_mode={self.output_mode!r}, salt={self.salt}"
                )

    # ---- the vocabulary

    @property
    def vocabulary(self) -> list[Any] | None:
        """The tokens without the special ones; None while there are none."""
        return list(self._tokens) or None

    @property
    def idf_weights(self) -> list[float] | None:
        """The weights of the tokens, for "tf_idf"; None while there are none."""
        if self._column_weights is None:
            return None
        begin, count = self._first_token, len(self._tokens)
        return self._column_weights[begin : begin + count].tolist()

    @property
    def _first_token(self) -> int:
        return len(self._special_tokens)

    @property
    def _special_tokens(self) -> list[Any]:
        masked = self.mask_token is not None and self.output_mode == "int"
        return [self.mask_token] * masked + [self.oov_token] * self.num_oov_indices

    def get_vocabulary(self, include_special_tokens: bool = True) -> list[Any]:
        """Returns the tokens in the order of their indices.

        Args:
            include_special_tokens: Whether to begin with mask and out-of-vocabulary
                tokens.
        """
        return [
            *(self._special_tokens if include_special_tokens else ()),
            *self._tokens,
        ]

    def vocabulary_size(self) -> int:
        """Returns the number of indices, special ones included."""
        return self._first_token + len(self._tokens)

    def set_vocabulary(
        self,
        vocabulary: Sequence[Any] | np.ndarray | str | os.PathLike,
        idf_weights: npt.ArrayLike | None = None,
    ) -> None:
        """Sets the tokens.

        Args:
            vocabulary: The tokens, with or without the special ones in front, or the
                path of a file with one in each line.
            idf_weights: One for each of them, for "tf_idf" and only then.

        Raises:
            ValueError: If tokens repeat, are too many, are special ones at a wrong
                place, or the weights do not fit.
        """
        if (idf_weights is not None) != (self.output_mode == "tf_idf"):
            raise ValueError(
                "Expected `idf_weights` with output_mode='tf_idf', and only then. "
                f"Received: output_mode={self.output_mode!r}, {idf_weights=}"
            )
        if isinstance(vocabulary, str | os.PathLike):
            with open(vocabulary, encoding="utf-8") as file:
                vocabulary = self.parsed(file.read().splitlines())
        given = self.standardized(np.asarray(vocabulary)).reshape(-1).tolist()
        special = self._special_tokens
        has_special = bool(special) and given[: len(special)] == special
        tokens = given[len(special) :] if has_special else given
        checked_tokens(self, tokens, given)
        if idf_weights is not None:
            self._column_weights = padded_weights(
                idf_weights, len(given), 0 if has_special else len(special), self._width
            )
        self._set_tokens(tokens)

    def _set_tokens(self, tokens: list[Any]) -> None:
        self._tokens = tokens
        self._index = {token: i for i, token in enumerate(tokens, self._first_token)}

    @property
    def _width(self) -> int | None:
        return self.max_tokens if self.pad_to_max_tokens else None

    def adapt(self, data: Any, steps: int | None = None) -> None:
        """Makes a vocabulary of the tokens of the data, the most frequent first.

        Args:
            data: An array or a list of tokens, or an iterable of batches. Each row is a
                document for "tf_idf".
            steps: The most batches to take; None for all.

        Raises:
            ValueError: If a vocabulary was given to the constructor.
        """
        if self._given:
            raise ValueError(
                f"Expected the layer {self.name!r} to be made without a vocabulary to "
                "adapt it. Received: one, in its constructor"
            )
        frequencies = Frequencies()
        for batch in _token_batches(data, steps):
            frequencies.add(self.standardized(np.asarray(batch)))
        special = {self.mask_token, self.oov_token} - {None}
        limit = self.max_tokens and self.max_tokens - self._first_token
        tokens = frequencies.most_frequent(special, limit)
        if self.output_mode == "tf_idf" and tokens:
            weights = frequencies.inverse_document_frequencies(tokens)
            self._column_weights = padded_weights(
                weights, len(tokens), self._first_token, self._width
            )
        self._set_tokens(tokens)

    # ---- looking up

    @property
    def depth(self):
        if self.pad_to_max_tokens:
            return self.max_tokens
        if not self._tokens:
            raise RuntimeError(
                f"Expected the layer {self.name!r} to have a vocabulary: give it "
                "`vocabulary`, or call `adapt`"
            )
        return self.vocabulary_size()

    @property
    def column_weights(self):
        if self.output_mode != "tf_idf":
            return None
        if self._column_weights is None:
            raise ValueError(
                f"Expected the layer {self.name!r} to have `idf_weights` for 'tf_idf'; "
                "call `adapt`, or give them with the vocabulary"
            )
        return self._column_weights

    def codes(self, values):
        if self.invert:
            return self._inverted(values)
        values = self.standardized(values)
        distinct, place = np.unique(values, return_inverse=True)
        index = getattr(self, "_index", {})
        known = np.array([index.get(t, -1) for t in distinct.tolist()], np.int64)
        unknown = known < 0
        masked = np.zeros(unknown.shape, bool)
        if self.mask_token is not None:
            masked = distinct == self.mask_token
            known[masked] = 0 if self.output_mode == "int" else -1
        self._place_unknown(known, unknown & ~masked, distinct)
        return known[place].reshape(values.shape)

    def _place_unknown(self, known, unknown, distinct) -> None:
        if not unknown.any():
            return
        if self.num_oov_indices == 0:
            raise ValueError(
                f"Expected tokens of the vocabulary of {self.name!r}, which has "
                f"num_oov_indices=0. Received: {distinct[unknown][:5].tolist()}"
            )
        begin = self._first_token - self.num_oov_indices
        if self.num_oov_indices == 1:
            known[unknown] = begin
            return
        strange = distinct[unknown]
        if strange.dtype.kind in "iu" and self.oov_method == "floormod":
            known[unknown] = begin + strange % self.num_oov_indices
        else:
            known[unknown] = begin + buckets(strange, self.num_oov_indices, self.salt)

    def _inverted(self, indices: np.ndarray) -> np.ndarray:
        if indices.dtype.kind not in "iu":
            raise TypeError(
                f"Expected indices for {self.name!r}, which inverts. "
                f"Received: dtype={indices.dtype}"
            )
        words = np.array([*self.get_vocabulary(), self.oov_token])
        outside = (indices < 0) | (indices >= len(words) - 1)
        return words[np.where(outside, len(words) - 1, indices)]

    def lower(self, builder, x):
        if self.invert and self.token_kinds != "iub":
            raise ValueError(
                f"Expected the layer {self.name!r}, which returns strings, to be "
                "called on arrays, outside a model"
            )
        return super().lower(builder, x)

    # ---- what strings and integers differ in

    def standardized(self, values: np.ndarray) -> np.ndarray:
        """Returns tokens in their one type, or raises TypeError."""
        raise NotImplementedError

    def parsed(self, lines: list[str]) -> list[Any]:
        """Returns the tokens that a file's lines hold."""
        raise NotImplementedError


def _token_batches(data: Any, steps: int | None) -> Iterable[Any]:
    if isinstance(data, list | tuple):
        data = np.asarray(data)
    for batch in batches_of(data, steps):
        batch = np.asarray(batch)
        whole = batch is data
        # one axis: of an array, a token is a document; of a batch, all are one
        yield batch[:, None] if whole and batch.ndim == 1 else np.atleast_2d(batch)
