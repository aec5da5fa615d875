"""What an operation costs: arithmetic and memory traffic, for reports and for the
choice of the number of threads."""

from __future__ import annotations

import math

import numpy as np

from fastnn.plan.tensor import Held, Op, Operand, Tensor
from fastnn.variable import Variable

__all__ = [
    "FORWARD_PRODUCTS",
    "INPUT_PRODUCTS",
    "WEIGHT_PRODUCTS",
    "elements",
    "flops",
    "nbytes",
    "traffic",
]

# floating-point operations per element of the first operand, roughly
_PER_ELEMENT = {
    "elementwise_forward": 8,
    "elementwise_backward": 3,
    "glu_forward": 8,
    "glu_backward": 6,
    "log_softmax_forward": 12,
    "log_softmax_backward": 8,
    "softmax_forward": 12,
    "softmax_backward": 4,
    "sparsemax_forward": 12,
    "sparsemax_backward": 4,
    "affine_forward": 3,
    "batch_normalization_forward": 3,
    "batch_normalization_backward": 5,
    "adam_update": 12,
    "adam_amsgrad_update": 13,
    "rmsprop_update": 8,
    "sgd_update": 2,
    "adadelta_update": 14,
    "adafactor_update": 15,
    "adagrad_update": 6,
    "adamax_update": 10,
    "ftrl_update": 16,
    "lamb_update": 20,
    "lion_update": 9,
    "nadam_update": 15,
    "schedule_free_update": 17,
}
# the same per element of the first input, where the result is smaller
_PER_INPUT = {"batch_moments": 5, "batch_normalization_sums": 5}
FORWARD_PRODUCTS = ("dense_forward", "dense_bf16_forward")
WEIGHT_PRODUCTS = ("dense_backward_weight", "dense_bf16_backward_weight")
INPUT_PRODUCTS = ("dense_backward_input", "dense_bf16_backward_input")
# of one thread; on several, dense_partial does the most of dense_join
_PRODUCTS = (*FORWARD_PRODUCTS, *WEIGHT_PRODUCTS, *INPUT_PRODUCTS, "dense_join")


def flops(op: Op, rows: int) -> int:
    """Floating-point operations on a batch of `rows`; a multiplication and an addition
    count as two."""
    if op.kind in _PRODUCTS:
        height, inputs, units = op.sizes[:3]
        return 2 * rows * height * inputs * units
    if op.kind in _PER_INPUT:
        return _PER_INPUT[op.kind] * _elements(op.inputs[0], rows)
    if op.kind == "symmetric_product":
        return op.sizes[0] * (op.sizes[0] + 1) * op.sizes[1]
    if op.kind == "mixed_product":
        return 2 * op.sizes[0] * op.sizes[1] * op.sizes[2]
    if op.kind == "dense_partial":
        return 0
    return _PER_ELEMENT.get(op.kind, 1) * elements(op, rows)


def elements(op: Op, rows: int) -> int:
    """Elements of the first operand."""
    return _elements(next((o for o in op.operands if o is not None), None), rows)


def traffic(op: Op, rows: int) -> int:
    """Bytes of all operands."""
    return sum(nbytes(operand, rows) for operand in op.operands)


def _elements(operand: Operand, rows: int) -> int:
    if isinstance(operand, Tensor):
        return (rows if operand.per_sample else 1) * math.prod(operand.shape)
    if isinstance(operand, Held):
        return operand.array.size
    return operand.value.size if isinstance(operand, Variable) else 0


def nbytes(operand: Operand, rows: int) -> int:
    """Bytes of an operand; scratch memory that does not grow with the rows has none."""
    if operand is None or (isinstance(operand, Tensor) and not operand.per_sample):
        return 0
    if isinstance(operand, Tensor):
        return _elements(operand, rows) * np.dtype(operand.dtype).itemsize
    array = operand.array if isinstance(operand, Held) else operand.value
    return array.nbytes
