"""Cases of the losses: each with weights, without, and without a gradient."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from .case import Case, blank, magnitude, normal, uniform

SCALE = 0.25


def _values(rng, shape, dtype):
    return normal(rng, dtype, shape.rows, shape.units)


def _probabilities(rng, shape, dtype):
    return uniform(rng, dtype, 0.02, 0.98, shape.rows, shape.units)


def _bits(rng, shape, dtype):
    return rng.integers(0, 2, size=(shape.rows, shape.units)).astype(dtype)


def distributions(rng, shape, dtype):
    target = uniform(rng, dtype, 0.05, 1, shape.rows, shape.units)
    return target / target.sum(axis=1, keepdims=True)


def labels(rng, shape, dtype):
    return rng.integers(0, shape.units, size=shape.rows, dtype=np.int32)


@dataclass(frozen=True)
class _Loss:
    kernel: str
    pred: Callable
    target: Callable

    @property
    def fused(self):
        return self.kernel.startswith(("sigmoid", "softmax"))

    @property
    def gradient(self):
        return "dlogits" if self.fused else "dpred"

    def case(self, variant, gradient, out, weight, smoothing):
        """One case; the flags say whether the optional arrays are there."""
        outputs = (self.gradient, "values", *(("out",) if self.fused else ()))
        options = (gradient, out, weight, smoothing)
        arguments = partial(self._arguments, options)
        return Case(
            self.kernel,
            outputs,
            arguments,
            variant,
            self._scale,
            needs_columns=True,
        )

    def _arguments(self, options, rng, shape, dtype):
        gradient, out, weight, smoothing = options
        size = shape.rows, shape.units
        dpred = blank(dtype, *size) if gradient else None
        arguments = {self.gradient: dpred, "values": blank(np.float64, shape.rows)}
        if self.fused:
            arguments["out"] = blank(dtype, *size) if out else None
        arguments["logits" if self.fused else "pred"] = self.pred(rng, shape, dtype)
        name = "labels" if self.target is labels else "target"
        arguments[name] = self.target(rng, shape, dtype)
        row_weight = uniform(rng, dtype, 0.1, 2, shape.rows) if weight else None
        arguments |= {"weight": row_weight, "scale": SCALE}
        if self.target in (_bits, distributions):
            arguments["label_smoothing"] = smoothing
        return arguments

    def _scale(self, arguments, expected):
        """Absolute, of the size of the terms: a loss near 0 is a difference of them.

        Sums over a row's n columns may lose n roundings.
        """
        pred = magnitude(arguments["logits" if self.fused else "pred"])
        n = pred.shape[1]
        terms = 1 + np.sqrt(n) * (1 + pred.max(axis=1, initial=0))
        scale = {"values": magnitude(expected["values"]) + terms}
        if expected.get("out") is not None:
            scale["out"] = magnitude(expected["out"]) * terms[:, None]
        gradient = expected[self.gradient]
        if gradient is not None:
            weight = arguments["weight"]
            factors = SCALE * (1 if weight is None else magnitude(weight)[:, None])
            largest = magnitude(gradient).max(axis=1, keepdims=True, initial=0)
            share = 1 if "categorical" in self.kernel else 1 / n
            steep = share * factors * (1 + pred)
            scale[self.gradient] = np.maximum(largest * terms[:, None], steep)
        return scale


#         kernel                                     pred            target
_LOSSES = (
    _Loss("mean_squared_error",                      _values,        _values),
    _Loss("mean_absolute_error",                     _values,        _values),
    _Loss("binary_crossentropy",                     _probabilities, _bits),
    _Loss("categorical_crossentropy",                _probabilities, distributions),
    _Loss("sparse_categorical_crossentropy",         _probabilities, labels),
    _Loss("sigmoid_binary_crossentropy",             _values,        _bits),
    _Loss("softmax_categorical_crossentropy",        _values,        distributions),
    _Loss("softmax_sparse_categorical_crossentropy", _values,        labels),
)  # fmt: skip

#                              gradient  out   weight  smoothing
_OPTIONS = {
    "weighted":               (True,     True,  True,   0.1),
    "plain":                  (True,     False, False,  0.0),
    "without gradient":       (False,    True,  True,   0.0),
}  # fmt: skip

CASES = [
    loss.case(variant, *options)
    for loss in _LOSSES
    for variant, options in _OPTIONS.items()
]
