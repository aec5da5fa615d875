"""Bins of continuous values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from fastnn.dtypes import as_real
from fastnn.layers.preprocessing.batches import batches_of
from fastnn.layers.preprocessing.categorical import CategoricalLayer
from fastnn.layers.preprocessing.encoding import checked_mode
from fastnn.layers.preprocessing.quantiles import Quantiles
from fastnn.plan.rules.categories import as_values, digitized

__all__ = ["Discretization"]


class Discretization(CategoricalLayer):
    """The number of boundaries that are not above a value: its bin.

    Boundaries are given, or found by `adapt` so that about as many values fall into
    each bin.

    Args:
        bin_boundaries: Ascending numbers; n of them make n + 1 bins.
        num_bins: Number of bins for `adapt`, instead of boundaries.
        epsilon: How far a boundary found by `adapt` may be off, as a share of the
            values; less takes more time and memory.
        output_mode: "int" for the bin itself (int32), or "one_hot", "multi_hot",
            "count"; see `CategoryEncoding`.
        sparse: Only False is supported.
        dtype: Of the outputs other than "int".
        name: Name of the layer.

    Raises:
        ValueError: If an argument has a wrong value, or not just one of
            `bin_boundaries` and `num_bins` is given.

    Example:
        >>> fastnn.layers.Discretization([0.0, 1.0])([-1.0, 0.0, 0.5, 3.0])
        array([0, 1, 1, 2], dtype=int32)
    """

    reads = False  # its values are real numbers

    def __init__(
        self,
        bin_boundaries: Sequence[float] | None = None,
        num_bins: int | None = None,
        epsilon: float = 0.01,
        output_mode: str = "int",
        sparse: bool = False,
        dtype: npt.DTypeLike | None = None,
        name: str | None = None,
    ):
        super().__init__(name=name, dtype=dtype)
        if (num_bins is None) == (bin_boundaries is None):
            raise ValueError(
                "Expected either `bin_boundaries` or `num_bins`. "
                f"Received: {bin_boundaries=}, {num_bins=}"
            )
        if num_bins is not None and num_bins < 0:
            raise ValueError(
                f"Expected `num_bins` to be at least 0. Received: {num_bins=}"
            )
        if not 0 < epsilon < 1:
            raise ValueError(
                f"Expected `epsilon` to be between 0 and 1. Received: {epsilon=}"
            )
        modes = ("int", "one_hot", "multi_hot", "count")
        self.output_mode = checked_mode(output_mode, modes, sparse)
        self.bin_boundaries = None
        if bin_boundaries is not None:
            self.bin_boundaries = _ascending(bin_boundaries)
        self.num_bins = num_bins
        self.epsilon = epsilon
        self.sparse = sparse

    @classmethod
    def from_config(cls, config):
        """Returns a new layer, with the boundaries that the old one had found."""
        config = dict(config)
        found = config["bin_boundaries"] if config.get("num_bins") is not None else None
        layer = cls(**{**config, "bin_boundaries": None} if found else config)
        layer.bin_boundaries = found or layer.bin_boundaries
        return layer

    def adapt(
        self, data: npt.ArrayLike | Iterable[Any], steps: int | None = None
    ) -> None:
        """Finds the boundaries; those found before are forgotten.

        Args:
            data: An array, or an iterable of batches.
            steps: The most batches to take; None for all.

        Raises:
            ValueError: If boundaries were given to the constructor, or there are no
                values.
        """
        if self.num_bins is None:
            raise ValueError(
                f"Expected the layer {self.name!r} to be made with `num_bins` to adapt "
                "it. Received: bin_boundaries, in its constructor"
            )
        quantiles = Quantiles(self.epsilon)
        for batch in batches_of(data, steps):
            quantiles.add(as_real(batch, np.float32, name="data"))
        self.bin_boundaries = quantiles.boundaries(self.num_bins)

    @property
    def boundaries(self) -> list[float]:
        """The boundaries.

        Raises:
            ValueError: If the layer has none yet.
        """
        if self.bin_boundaries is None:
            raise ValueError(
                f"Expected the layer {self.name!r} to have boundaries: give it "
                "`bin_boundaries`, or call `adapt`"
            )
        return self.bin_boundaries

    @property
    def depth(self):
        if self.bin_boundaries is None and self.num_bins is not None:
            return self.num_bins
        return len(self.boundaries) + 1

    def codes(self, values):
        values = as_real(values, self.dtype, name=f"the inputs of {self.name!r}")
        bins = np.asarray(self.boundaries, self.dtype)
        return np.digitize(values, bins).astype(np.int32)

    def lower_codes(self, builder, x):
        boundaries = np.asarray(self.boundaries)
        return digitized(builder, as_values(builder, x), boundaries)


def _ascending(boundaries: Sequence[float]) -> list[float]:
    array = as_real(boundaries, np.float64, name="`bin_boundaries`")
    if array.ndim != 1 or not (np.diff(array) >= 0).all():
        raise ValueError(
            "Expected `bin_boundaries` to be ascending numbers. "
            f"Received: bin_boundaries={boundaries}"
        )
    return array.tolist()
