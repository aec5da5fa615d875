"""Penalties on what layers return, a mean over the rows of a batch: their values are
part of the loss, their gradients of that of the tensor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from fastnn.plan.penalties import gradient_of_penalty, value_of_penalty
from fastnn.plan.rules.reshape import viewed
from fastnn.plan.rules.rule import Rule, by_hand, like
from fastnn.plan.tensor import Held, Op, Tensor
from fastnn.regularizers import ElasticNet

if TYPE_CHECKING:
    from fastnn.plan.builder import Builder

__all__ = ["RULE", "record_values", "regularized"]


def regularized(builder: Builder, x: Tensor, penalty: Any) -> Tensor:
    """Records that a penalty on `x` belongs to the loss.

    Returns:
        `x`, as those who come after it are to see it.
    """
    out = viewed(builder, x, x.shape, "activity")
    builder.ops[-1].backward = penalty
    return out


def record_values(builder: Builder, forward: list[Op], log: np.ndarray) -> None:
    """Records what adds the penalties within a forward pass to `log[1]`."""
    held = Held("log", log)
    for op in forward:
        if op.kind == "activity":
            with builder.belonging_to(op.layer):
                _record_value(builder, op, held)


def _record_value(builder: Builder, op: Op, log: Held) -> None:
    x, penalty = op.inputs[0], op.backward
    assert isinstance(x, Tensor)
    if not isinstance(penalty, ElasticNet):
        call = _python_value(penalty)
        builder.emit("python", (log,), (x,), call=call)
        return
    values = builder.tensor("penalties", (1,), "float64", padded=False)
    sizes, scalars = (x.height, x.width, x.row), (penalty.l1, penalty.l2)
    builder.emit("activity_values", (values,), (x,), sizes=sizes, scalars=scalars)
    builder.emit("activity_total", (log,), (values,))


def _python_value(penalty: Any) -> Any:
    def call(log: np.ndarray, x: np.ndarray) -> None:
        log[1] += value_of_penalty(penalty, x) / len(x)

    return call


def _python_gradient(penalty: Any) -> Any:
    def call(dx: np.ndarray, dout: np.ndarray, x: np.ndarray) -> None:
        dx[...] = dout + gradient_of_penalty(penalty, x) / len(x)

    return call


def _backward(builder, op, dout, context):
    x, penalty = op.inputs[0], op.backward
    if not builder.needs_gradient(x):
        return None
    dout = _scaled(builder, dout, like(dout), divide=True)
    dx = like(x)
    if isinstance(penalty, ElasticNet):
        builder.emit(
            "activity_backward",
            (dx,),
            (dout, x),
            sizes=(x.height, x.width, x.row),
            scalars=(penalty.l1, penalty.l2),
        )
    else:
        call = _python_gradient(penalty)
        builder.emit("python", (dx,), (dout, x), call=call)
    return _scaled(builder, dx, dx, divide=False)


def _scaled(builder, inp, out, *, divide):
    """The gradient of the loss itself, from that of the scaled one, or the reverse: the
    penalty's is that of the loss itself."""
    if builder.loss_scale is None:
        return inp
    sizes = (inp.height, inp.row, int(divide))
    builder.emit("scale_by", (out, None), (inp, builder.loss_scale), sizes=sizes)
    return out


RULE = Rule(by_hand, _backward)
