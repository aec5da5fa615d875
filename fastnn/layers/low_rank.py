"""The base of layers whose matrix can be adapted by one of low rank."""

from __future__ import annotations

from typing import Any

import numpy as np

from fastnn import initializers
from fastnn.layers.checks import positive_integer
from fastnn.layers.layer import Layer
from fastnn.plan.watching import changed
from fastnn.variable import Variable

__all__ = ["LowRankLayer"]


class LowRankLayer(Layer):
    """Keeps a matrix, and beside it, on request, a product of two narrow ones:

        matrix + lora_alpha / lora_rank * a @ b

    of which a and b alone are trained.

    Hu et al., 2022, "LoRA: low-rank adaptation of large language models".

    A subclass names the matrix, makes it in `build` by `add_matrix` and ends that with
    `add_adaptation`, and records what it does with the matrix by `lower_matrix`.

    Args:
        lora_rank: Columns of a; None for no adaptation.
        lora_alpha: By default `lora_rank`.
        quantization_config: Only None is supported.
        **base: Arguments of `Layer`.

    Attributes:
        lora_enabled: Whether there is an adaptation.
    """

    supports_masking = True
    matrix_name: str

    def __init__(
        self,
        lora_rank: int | None = None,
        lora_alpha: float | None = None,
        quantization_config: None = None,
        **base: Any,
    ):
        super().__init__(**base)
        if quantization_config is not None:
            raise ValueError(
                f"Expected quantization_config=None. Received: {quantization_config=}"
            )
        self.quantization_config = quantization_config
        self.lora_rank = (
            None if lora_rank is None else positive_integer("lora_rank", lora_rank)
        )
        self.lora_alpha = lora_rank if lora_alpha is None else lora_alpha
        self.lora_enabled = False

    def add_matrix(self, shape: tuple[int, int], initializer: Any, **more: Any) -> None:
        """Makes the matrix."""
        name = self.matrix_name
        self._matrix = self.add_weight(shape, initializer, name=name, **more)

    def add_adaptation(self) -> None:
        """Makes the adaptation that the constructor was asked for; after all other
        weights."""
        if self.lora_rank is not None:
            self._adapt(self.lora_rank, self.lora_alpha, "he_uniform", "zeros")

    @property
    def matrix(self) -> Any:
        """The matrix, a variable; with its adaptation it is an array."""
        if not self.lora_enabled:
            return self._matrix
        a, b = self._narrow
        return self._matrix.value + np.asarray(
            self.lora_scale * (a.value @ b.value), self.dtype
        )

    @property
    def lora_scale(self) -> float:
        """What the product of the narrow matrices is multiplied by."""
        return float(self.lora_alpha or 0) / (self.lora_rank or 1)

    @property
    def _narrow(self) -> tuple[Variable, Variable]:
        names = (f"lora_{self.matrix_name}_a", f"lora_{self.matrix_name}_b")
        a, b = (getattr(self, name) for name in names)
        return a, b

    def enable_lora(
        self,
        rank: int,
        lora_alpha: float | None = None,
        a_initializer: Any = "he_uniform",
        b_initializer: Any = "zeros",
    ) -> None:
        """Freezes the matrix and trains an adaptation of it.

        Args:
            rank: Columns of a.
            lora_alpha: By default `rank`.
            a_initializer, b_initializer: First values of a and b.

        Raises:
            ValueError: If the layer is not built, has a constraint on the matrix, or an
                adaptation already.
        """
        if not self.built:
            raise ValueError(
                f"Expected the layer {self.name!r} to be built. Received: "
                f"enable_lora(rank={rank}) before `build`"
            )
        self._adapt(rank, lora_alpha, a_initializer, b_initializer)
        changed(self)

    def _adapt(self, rank, alpha, a_initializer, b_initializer):
        if self._matrix.constraint is not None:
            raise ValueError(
                f"Expected no constraint on {self.matrix_name!r} of the layer "
                f"{self.name!r} beside LoRA. Received: {self._matrix.constraint!r}"
            )
        if self.lora_enabled:
            raise ValueError(
                f"Expected a layer without an adaptation. Received: {self.name!r}, "
                f"which has one of lora_rank={self.lora_rank}"
            )
        rank = positive_integer("rank", rank)
        rows, columns = self._matrix.shape
        penalty, prefix = self._matrix.regularizer, f"lora_{self.matrix_name}"
        shapes = {"a": (rows, rank), "b": (rank, columns)}
        first = {"a": a_initializer, "b": b_initializer}
        for letter, shape in shapes.items():
            initializer = initializers.get(first[letter])
            name = f"{prefix}_{letter}"
            weight = self.add_weight(shape, initializer, name=name, regularizer=penalty)
            setattr(self, name, weight)
        self._matrix.trainable = False
        self.lora_rank, self.lora_alpha = rank, rank if alpha is None else alpha
        self.lora_enabled = True

    def lower_matrix(self, builder, x, kind, *bias, shape):
        """Records an operation with the matrix, and with its adaptation."""
        out = builder.forward(kind, x, self._matrix, *bias, shape=shape)
        if not self.lora_enabled:
            return out
        a, b = self._narrow
        nothing = (None,) * len(bias)
        narrow = (*shape[:-1], a.shape[1])
        low = builder.forward(kind, x, a, *nothing, shape=narrow)
        delta = builder.forward("dense", low, b, None, shape=shape)
        return builder.add(out, delta, self.lora_scale)
