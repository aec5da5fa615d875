"""What a vocabulary is made from, and what it must be like."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from fastnn.dtypes import as_real

if TYPE_CHECKING:
    from fastnn.layers.preprocessing.lookup import IndexLookup

__all__ = ["Frequencies", "checked_tokens", "padded_weights"]


class Frequencies:
    """How often tokens come, and in how many documents."""

    def __init__(self) -> None:
        self.tokens: Counter[Any] = Counter()
        self.with_token: Counter[Any] = Counter()
        self.documents = 0

    def add(self, batch: np.ndarray) -> None:
        """Takes in documents, (rows, ...)."""
        rows = batch.reshape(len(batch), -1)
        distinct, counts = np.unique(rows, return_counts=True)
        self.tokens.update(dict(zip(distinct.tolist(), counts.tolist(), strict=True)))
        for row in rows:
            self.with_token.update(set(row.tolist()))
        self.documents += len(rows)

    def most_frequent(self, without: set[Any], limit: int | None) -> list[Any]:
        """Returns tokens by falling frequency, equal ones in reverse order."""
        found = [(n, token) for token, n in self.tokens.items() if token not in without]
        ordered = [token for _, token in sorted(found, reverse=True)]
        return ordered if not limit else ordered[:limit]

    def inverse_document_frequencies(self, tokens: list[Any]) -> np.ndarray:
        """Returns log(1 + documents / (1 + documents with the token)).

        Spärck Jones, 1972, "A statistical interpretation of term specificity".
        """
        found = np.array([self.with_token[token] for token in tokens], np.float64)
        return np.log(1 + self.documents / (1 + found))


def checked_tokens(layer: IndexLookup, tokens: list[Any], given: list[Any]) -> None:
    """Raises ValueError if a layer cannot have these tokens.

    Args:
        tokens: Those that are not special.
        given: All, as they were given.
    """
    if not given:
        raise ValueError("Expected a vocabulary with tokens. Received: none")
    repeated = [token for token, count in Counter(tokens).items() if count > 1]
    if repeated:
        raise ValueError(
            f"Expected every token of the vocabulary once. Received twice: {repeated}"
        )
    reserved = [layer.mask_token] + ([layer.oov_token] if layer.invert else [])
    for token in reserved:
        if token is not None and token in tokens:
            raise ValueError(
                f"Expected the reserved token {token!r} in front of the vocabulary, "
                f"with all special tokens in order, or not at all. "
                f"Received: at index {given.index(token)}"
            )
    size = len(tokens) + len(layer.get_vocabulary()) - len(layer.vocabulary or ())
    if layer.max_tokens is not None and size > layer.max_tokens:
        raise ValueError(
            f"Expected at most max_tokens={layer.max_tokens} indices. "
            f"Received: a vocabulary that takes {size}"
        )


def padded_weights(
    weights: npt.ArrayLike, count: int, front: int, width: int | None
) -> np.ndarray:
    """Returns the weight of every column: those of special tokens, which nobody
    counted, are the mean of the others; those of columns without a token are 0.

    Raises:
        ValueError: If there is not one weight for each token.
    """
    array = as_real(weights, np.float64, name="`idf_weights`")
    if array.shape != (count,):
        raise ValueError(
            f"Expected `idf_weights` of shape ({count},), one for each token. "
            f"Received: shape {array.shape}"
        )
    array = np.concatenate([np.full(front, array.mean()), array])
    return np.pad(array, (0, max((width or 0) - len(array), 0)))
