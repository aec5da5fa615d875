"""Doors of `elementwise.pxi`."""

from fastnn._core import kernels
from fastnn._core.doors.base import Base, dtype_of, require, unpad


class ElementwiseDoors(Base):
    def _elementwise_forward(self, name, out, inp, *scalars):
        dtype = dtype_of(out)
        require("inp", inp, out.shape, dtype)
        result = self._padded(out)
        self._run(
            "elementwise_forward",
            dtype,
            result.shape[0],
            (result, self._padded(inp)),
            (1, result.shape[1]),
            scalars,
            function=self.functions(dtype)[name][0],
        )
        unpad(out, result)

    def _elementwise_backward(self, name, dinp, dout, kept, *scalars):
        dtype = dtype_of(dinp)
        require("dout", dout, dinp.shape, dtype)
        require("inp" if self.reads_input(name) else "out", kept, dinp.shape, dtype)
        result = self._padded(dinp)
        self._run(
            "elementwise_backward",
            dtype,
            result.shape[0],
            (result, self._padded(dout), self._padded(kept)),
            (1, result.shape[1]),
            scalars,
            function=self.functions(dtype)[name][1],
        )
        unpad(dinp, result)

    def exp(self, out, inp):
        """out := exp(inp)"""
        self._elementwise_forward("exponential", out, inp)

    def log(self, out, inp):
        """out := log(inp)"""
        self._elementwise_forward("log", out, inp)

    def log1p(self, out, inp):
        """out := log(1 + inp)"""
        self._elementwise_forward("log1p", out, inp)

    def erf(self, out, inp):
        """out := the error function of inp"""
        self._elementwise_forward("erf", out, inp)


FUNCTIONS = (
    "linear", "relu", "relu_capped", "leaky_relu", "rectifier", "threshold",
    "hard_sigmoid", "hard_silu", "hard_tanh", "soft_shrink", "hard_shrink",
    "sparse_sigmoid", "sparse_plus", "sigmoid", "tanh", "tanh_shrink", "elu", "celu",
    "selu", "exponential", "softplus", "log_sigmoid", "softsign", "squareplus", "silu",
    "gelu", "gelu_tanh", "mish",
)  # fmt: skip


def _from_output(name):
    """X_forward and X_backward, named as in the reference."""

    def forward(self, out, inp, alpha=0.0, beta=0.0, gamma=0.0):
        self._elementwise_forward(name, out, inp, alpha, beta, gamma)

    def backward(self, dinp, dout, out, alpha=0.0, beta=0.0, gamma=0.0):
        self._elementwise_backward(name, dinp, dout, out, alpha, beta, gamma)

    return forward, backward


def _from_input(name):
    """The same where backward reads the input."""
    forward, _ = _from_output(name)

    def backward(self, dinp, dout, inp, alpha=0.0, beta=0.0, gamma=0.0):
        self._elementwise_backward(name, dinp, dout, inp, alpha, beta, gamma)

    return forward, backward


for _name in FUNCTIONS:
    _make = _from_input if kernels.reads_input(_name) else _from_output
    for _door, _direction in zip(_make(_name), ("forward", "backward"), strict=True):
        _door.__name__ = _door.__qualname__ = f"{_name}_{_direction}"
        setattr(ElementwiseDoors, _door.__name__, _door)
