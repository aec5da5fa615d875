"""The rectifier whose slope below zero is trained."""

import numpy as np

from fastnn.plan.rules.batch_normalization import CHUNKS
from fastnn.plan.rules.rule import Rule, by_hand, like
from fastnn.plan.tensor import Held

__all__ = ["RULE", "record"]


def record(builder, x, alpha):
    """Records alpha * x where x < 0, else x.

    Args:
        alpha: A variable that broadcasts to a sample.
    """
    shared = [n == 1 for n in alpha.shape[:-1]]
    everywhere = alpha.shape[-1] == x.width
    slopes, period = alpha, x.height
    if everywhere and all(shared):
        period = 1
    elif alpha.shape != x.shape:
        slopes = _spread(builder, x, alpha)
    out = builder.tensor("prelu", x.shape)
    builder.emit(
        "prelu_forward",
        (out,),
        (x, slopes, alpha),
        sizes=(x.height, x.width, x.row, period),
    )
    builder.mark(x, out, (alpha,))
    return out


def _spread(builder, x, alpha):
    """Records a slope for each element of a sample."""
    index = np.zeros((x.height, x.row), np.int32)
    index[:, : x.width] = _places(x, alpha).reshape(-1, x.width)
    slopes = builder.tensor("slopes", x.shape, per_sample=False)
    held = Held("index", index)
    builder.emit("spread", (slopes,), (alpha, held), sizes=(index.size,))
    return slopes


def _places(x, alpha):
    """For each element of a sample, where its slope lies in padded memory."""
    return np.broadcast_to(_stored(alpha), x.shape)


def _stored(alpha):
    strides = np.array(alpha.value.strides) // alpha.value.itemsize
    indices = np.indices(alpha.shape).reshape(len(strides), -1)
    return (strides @ indices).reshape(alpha.shape).astype(np.int32)


def _collect(builder, x, alpha, dslopes, dalpha):
    """Records the sums of the gradients of the elements that share a slope."""
    stored = np.arange(x.height * x.row, dtype=np.int32).reshape(x.height, x.row)
    stored = stored[:, : x.width].reshape(-1)
    owner = _places(x, alpha).reshape(-1)
    by_owner = np.argsort(owner, kind="stable")
    places = np.unique(owner).astype(np.int32)
    first = np.searchsorted(owner[by_owner], [*places, owner.max() + 1])
    builder.emit(
        "collect",
        (dalpha,),
        (
            dslopes,
            Held("places", places),
            Held("order", stored[by_owner]),
            Held("first", first.astype(np.int32)),
        ),
        sizes=(len(places),),
    )


def _backward(builder, op, dout, context):
    x, slopes, alpha = op.inputs
    *_, period = op.sizes
    dalpha = context.gradient_of(alpha)
    dx = like(x) if builder.needs_gradient(x) else None
    parts = None
    if dalpha is not None:
        shape = (CHUNKS * period, x.width)
        parts = builder.tensor("parts", shape, per_sample=False)
    builder.emit("prelu_backward", (dx, parts), (dout, x, slopes), sizes=op.sizes)
    if parts is not None:
        whole = slopes is alpha
        total = dalpha
        if not whole:
            total = builder.tensor("d slopes", x.shape, per_sample=False)
        sizes = (x.height // period, period, x.width, x.row, 1)
        builder.emit("sum_parts", (total, None), (parts,), sizes=sizes)
        if not whole:
            _collect(builder, x, alpha, total, dalpha)
    return dx


RULE = Rule(by_hand, _backward)
