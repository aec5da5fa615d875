"""The product of a dense layer."""

from fastnn.plan.rules.rule import Rule, like

__all__ = ["RULE"]


def _prepare(builder, x, out, weights):
    kernel = weights[0]
    row_weight = kernel.value.strides[0] // kernel.value.itemsize
    inputs, units = kernel.shape
    return (), (x.height, inputs, units, out.row, x.row, row_weight)


def _backward(builder, op, dout, context):
    x, kernel, bias = op.inputs
    kind = op.kind.removesuffix("_forward")
    dout = _before_function(builder, op, dout)
    height, inputs, units, row_out, row_x, row_weight = op.sizes
    dkernel = context.gradient_of(kernel)
    if dkernel is not None:
        builder.emit(
            f"{kind}_backward_weight",
            (dkernel,),
            (x, dout),
            sizes=(height, inputs, units, row_weight, row_x, row_out),
        )
    dbias = None if bias is None else context.gradient_of(bias)
    if dbias is not None:
        builder.emit(
            "dense_backward_bias", (dbias,), (dout,), sizes=(height, units, row_out)
        )
    if not builder.needs_gradient(x):
        return None
    dx = like(x)
    per_thread = _input_scratch(inputs, units)
    scratch = builder.tensor(
        "scratch", (context.threads * per_thread,), padded=False, per_sample=False
    )
    builder.emit(
        f"{kind}_backward_input",
        (dx,),
        (dout, kernel, None, scratch),
        sizes=(height, inputs, units, row_x, row_out, row_weight, per_thread),
        scalars=(0.0,),
    )
    return dx


def _before_function(builder, op, dout):
    """The gradient of the product, if an element-wise function is fused into it."""
    if op.function is None:
        return dout
    out = op.outputs[0]
    dpre = like(out)
    builder.emit(
        "elementwise_backward",
        (dpre,),
        (dout, out),
        sizes=(out.height, out.row),
        scalars=op.scalars,
        function=(op.function[0], "backward"),
    )
    return dpre


def _input_scratch(inputs: int, units: int) -> int:
    from fastnn._core import kernels

    return kernels.input_scratch(inputs, units)


RULE = Rule(_prepare, _backward)
