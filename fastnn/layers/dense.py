"""The fully connected layer."""

from __future__ import annotations

from typing import Any

from fastnn import activations, constraints, initializers, regularizers
from fastnn.layers.checks import positive_integer
from fastnn.layers.low_rank import LowRankLayer

__all__ = ["Dense"]


class Dense(LowRankLayer):
    """outputs = activation(inputs @ kernel + bias)

    Inputs of more than two axes are multiplied along their last one.

    Args:
        units: Number of outputs, positive.
        activation: See `fastnn.activations.get`; None for none.
        use_bias: Whether there is a bias.
        kernel_initializer: First values of the kernel, shape (inputs, units).
        bias_initializer: First values of the bias, shape (units,).
        kernel_regularizer: Penalty on the kernel, or None.
        bias_regularizer: Penalty on the bias, or None.
        activity_regularizer: Penalty on the outputs, a mean over the rows, or None.
        kernel_constraint: What the kernel is put through after each update, or None.
        bias_constraint: What the bias is put through after each update, or None.
        lora_rank: Columns of the first of two narrow matrices a and b, that are trained
            instead of the kernel: kernel + lora_alpha / lora_rank * a @ b; None to
            train the kernel. See `enable_lora`.
        lora_alpha: By default `lora_rank`.
        quantization_config: Only None is supported.
        **base: Arguments of `Layer`.

    Raises:
        ValueError: If `units` is not a positive integer, or a name is unknown.
    """

    _fixed = frozenset({"units"})

    def __init__(
        self,
        units: int,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        lora_rank: int | None = None,
        lora_alpha: float | None = None,
        quantization_config: None = None,
        **base: Any,
    ):
        super().__init__(
            lora_rank,
            lora_alpha,
            quantization_config,
            activity_regularizer=activity_regularizer,
            **base,
        )
        self.units = positive_integer("units", units)
        self.activation = activations.get(activation)
        self.use_bias = bool(use_bias)
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)

    matrix_name = "kernel"

    @property
    def kernel(self) -> Any:
        """The kernel, a variable; the sum with its adaptation, if it has one."""
        return self.matrix

    def fits(self, input_shape):
        built_for = self.built_for or input_shape
        return len(input_shape) > 1 and built_for[-1] == input_shape[-1]

    def build(self, input_shape):
        if len(input_shape) < 2 or input_shape[-1] is None:
            raise ValueError(
                f"Expected inputs of shape (rows, ..., features) for the layer "
                f"{self.name!r}. Received: {input_shape=}"
            )
        self.add_matrix(
            (input_shape[-1], self.units),
            self.kernel_initializer,
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
        )
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(
                (self.units,),
                self.bias_initializer,
                name="bias",
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
            )
        self.add_adaptation()

    def compute_output_shape(self, input_shape):
        return self.activation.output_shape((*input_shape[:-1], self.units))

    def lower(self, builder, x):
        shape = (*x.shape[:-1], self.units)
        x = self.lower_matrix(builder, x, "dense", self.bias, shape=shape)
        return self.activation.lower(builder, x)
