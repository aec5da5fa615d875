"""Cases of the losses: each with weights, without, and without a gradient."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from .case import Case, blank, magnitude, normal, uniform

SCALE = 0.25
SMOOTHING = object()
EPSILON = 1e-7


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


def _bits_or_signs(rng, shape, dtype):
    """All 0 or 1, or all -1 or 1."""
    bits = rng.integers(0, 2, size=(shape.rows, shape.units))
    return (bits if rng.integers(2) else 2 * bits - 1).astype(dtype)


def _one_hot(rng, shape, dtype):
    classes = labels(rng, shape, dtype)
    return np.eye(shape.units, dtype=dtype)[classes].reshape(shape.rows, shape.units)


def _amounts(rng, shape, dtype):
    return uniform(rng, dtype, 0.2, 3, shape.rows, shape.units)


def _alpha(rng, shape, dtype):
    return uniform(rng, dtype, 0.1, 1, shape.units)


@dataclass(frozen=True)
class _Loss:
    """A loss: its kernel, makers of predictions and targets, and its settings, which
    are numbers, makers, or `SMOOTHING`."""

    kernel: str
    pred: Callable
    target: Callable
    settings: dict = field(default_factory=dict)

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
        for name, value in self.settings.items():
            if value is SMOOTHING:
                value = smoothing
            made = value(rng, shape, dtype) if callable(value) else value
            arguments[name] = made
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
            if self.kernel == "cosine_similarity":
                norm = np.sqrt(np.square(pred).sum(axis=1, keepdims=True))
                steep = factors * terms[:, None] / np.maximum(norm, EPSILON)
            scale[self.gradient] = np.maximum(largest * terms[:, None], steep)
        return scale


LIMITED = {"epsilon": EPSILON}
SMOOTHED = {"label_smoothing": SMOOTHING}
BINARY_FOCAL = {"gamma": 2.0, "yes": 0.3, "no": 0.6}
OVERLAP = {"alpha": 0.3, "beta": 0.8, "epsilon": EPSILON}

_LOSSES = (
    _Loss("mean_squared_error", _values, _values),
    _Loss("mean_absolute_error", _values, _values),
    _Loss("mean_absolute_percentage_error", _values, _amounts, LIMITED),
    _Loss("mean_squared_logarithmic_error", _amounts, _amounts, LIMITED),
    _Loss("huber", _values, _values, {"delta": 0.7}),
    _Loss("log_cosh", _values, _values),
    _Loss("poisson", _amounts, _amounts, LIMITED),
    _Loss("kl_divergence", _probabilities, distributions, LIMITED),
    _Loss("cosine_similarity", _values, _values, LIMITED),
    _Loss("hinge", _values, _bits_or_signs),
    _Loss("squared_hinge", _values, _bits_or_signs),
    _Loss("categorical_hinge", _values, _one_hot),
    _Loss("binary_crossentropy", _probabilities, _bits, SMOOTHED | LIMITED),
    _Loss("sigmoid_binary_crossentropy", _values, _bits, SMOOTHED),
    _Loss(
        "binary_focal_crossentropy",
        _probabilities,
        _bits,
        SMOOTHED | BINARY_FOCAL | LIMITED,
    ),
    _Loss(
        "sigmoid_binary_focal_crossentropy",
        _values,
        _bits,
        SMOOTHED | BINARY_FOCAL | {"gamma": 1.5} | LIMITED,
    ),
    _Loss(
        "categorical_crossentropy", _probabilities, distributions, SMOOTHED | LIMITED
    ),
    _Loss("sparse_categorical_crossentropy", _probabilities, labels, LIMITED),
    _Loss("softmax_categorical_crossentropy", _values, distributions, SMOOTHED),
    _Loss("softmax_sparse_categorical_crossentropy", _values, labels),
    _Loss(
        "categorical_focal_crossentropy",
        _probabilities,
        distributions,
        SMOOTHED | {"gamma": 2.0} | LIMITED | {"alpha": _alpha},
    ),
    _Loss(
        "softmax_categorical_focal_crossentropy",
        _values,
        distributions,
        SMOOTHED | {"gamma": 1.5} | LIMITED | {"alpha": _alpha},
    ),
    _Loss("categorical_generalized_cross_entropy", _probabilities, labels, {"q": 0.6}),
    _Loss("tversky", _probabilities, distributions, OVERLAP),
    _Loss("tversky_of_batch", _probabilities, _bits, OVERLAP),
)

#                              gradient  out   weight  smoothing
_OPTIONS = {
    "weighted":               (True,     True,  True,   0.1),
    "plain":                  (True,     False, False,  0.0),
    "without gradient":       (False,    True,  True,   0.0),
}  # fmt: skip

OF_BATCH = ("circle", "tversky_of_batch")
"""Kernels whose rows depend on each other."""


def _circle(gradient, weight, remove_diagonal):
    def arguments(rng, shape, dtype):
        pred = normal(rng, np.float64, shape.rows, shape.units)
        # a little short: at a distance of 0 the loss has a kink
        pred *= 0.9 / np.linalg.norm(pred, axis=1, keepdims=True)
        row_weight = uniform(rng, dtype, 0.1, 2, shape.rows)
        return {
            "dpred": blank(dtype, shape.rows, shape.units) if gradient else None,
            "values": blank(np.float64, shape.rows),
            "mask": blank(dtype, shape.rows),
            "pred": pred.astype(dtype),
            "labels": rng.integers(-1, 2, size=shape.rows, dtype=np.int32),
            "weight": row_weight if weight else None,
            "scale": SCALE,
            "gamma": 3.0,
            "margin": 0.3,
            "remove_diagonal": float(remove_diagonal),
        }

    return arguments


def _circle_scale(arguments, expected):
    """A gradient is a sum over pairs."""
    values = magnitude(expected["values"])
    scale = {"values": 1 + values}
    if expected["dpred"] is not None:
        total = len(values) * (1 + values.sum(initial=0))
        scale["dpred"] = np.full(expected["dpred"].shape, total)
    return scale


def _label_mask(rng, shape, dtype):
    classes = rng.integers(-1, 3, size=shape.rows, dtype=np.int32)
    return {"mask": blank(dtype, shape.rows), "labels": classes, "ignored": -1}


CASES = (
    [
        loss.case(variant, *options)
        for loss in _LOSSES
        for variant, options in _OPTIONS.items()
    ]
    + [
        Case(
            "circle",
            ("dpred", "values", "mask"),
            _circle(*options),
            variant,
            _circle_scale,
            needs_columns=True,
            most_rows=1000,
        )
        for variant, options in {
            "weighted": (True, True, True),
            "with itself": (True, False, False),
            "without gradient": (False, True, True),
        }.items()
    ]
    + [Case("label_mask", ("mask",), _label_mask)]
)
