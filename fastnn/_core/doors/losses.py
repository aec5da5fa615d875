"""Doors of `losses.pxi` and of the files of losses but `losses_circle.pxi`."""

import numpy as np

from fastnn._core.doors.base import (
    Base,
    dtype_of,
    method,
    require,
    require_matrix,
    unpad,
)

# name: settings
LOSSES = {
    "binary_crossentropy": "label_smoothing epsilon",
    "binary_focal_crossentropy": "label_smoothing gamma yes no epsilon",
    "categorical_crossentropy": "label_smoothing epsilon",
    "categorical_focal_crossentropy": "label_smoothing gamma epsilon alpha",
    "categorical_hinge": "",
    "cosine_similarity": "epsilon",
    "hinge": "",
    "huber": "delta",
    "kl_divergence": "epsilon",
    "log_cosh": "",
    "mean_absolute_error": "",
    "mean_absolute_percentage_error": "epsilon",
    "mean_squared_error": "",
    "mean_squared_logarithmic_error": "epsilon",
    "poisson": "epsilon",
    "squared_hinge": "",
    "tversky": "alpha beta epsilon",
    "tversky_of_batch": "alpha beta epsilon",
}
# whose targets are labels
OF_LABELS = {
    "categorical_generalized_cross_entropy": "q",
    "sparse_categorical_crossentropy": "epsilon",
}
# of a softmax or sigmoid that they compute as well
FUSED = {
    "sigmoid_binary_crossentropy": "label_smoothing",
    "sigmoid_binary_focal_crossentropy": "label_smoothing gamma yes no epsilon",
    "softmax_categorical_crossentropy": "label_smoothing",
    "softmax_categorical_focal_crossentropy": "label_smoothing gamma epsilon alpha",
}
FUSED_OF_LABELS = {"softmax_sparse_categorical_crossentropy": ""}
# one setting of these is an array, (n,)
FOCAL = ("categorical_focal_crossentropy", "softmax_categorical_focal_crossentropy")


class LossesDoors(Base):
    def _loss(
        self,
        name,
        dpred,
        values,
        out,
        pred,
        target,
        weight,
        scale,
        settings=(),
        columns=None,
    ):
        """Run a loss as the plan does, its reduction a sum; `columns`: settings (n,)"""
        dtype = dtype_of(pred)
        require_matrix("pred", pred)
        rows = pred.shape[0]
        require("values", values, (rows,), np.float64)
        for label, array in (("dpred", dpred), ("out", out)):
            if array is not None:
                require(label, array, pred.shape, dtype)
        labels = target.dtype == np.int32
        require(
            "target",
            target,
            (rows,) if labels else pred.shape,
            np.int32 if labels else dtype,
        )
        if labels and rows and not 0 <= target.min() <= target.max() < pred.shape[1]:
            raise ValueError(f"target: expected labels from 0 to {pred.shape[1] - 1}")
        if weight is not None:
            require("weight", weight, (rows,), dtype)
            weight = np.ascontiguousarray(weight)
        if columns is not None:
            require("alpha", columns, pred.shape[1:], dtype)
            columns = np.ascontiguousarray(columns)
        logits, result, gradient = (
            self._padded(pred),
            self._padded(pred),
            self._padded(dpred),
        )
        truth = np.ascontiguousarray(target) if labels else self._padded(target)
        total = np.zeros(rows)
        self._run(
            name,
            dtype,
            rows,
            (total, gradient, result, logits, truth, weight, None, columns),
            (1, pred.shape[1], logits.shape[1], 0 if labels else truth.shape[1], 0),
            (scale, *settings),
        )
        values[...] = total
        unpad(dpred, gradient)
        unpad(out, result)

    def label_mask(self, mask, labels, ignored):
        """mask := 0 where labels == ignored else 1; (n,)"""
        dtype = dtype_of(mask)
        require("labels", labels, mask.shape, np.int32)
        require("mask", mask, (mask.size,), dtype)
        result = np.zeros(mask.size, dtype)
        self._run(
            "label_mask",
            dtype,
            mask.size,
            (result, np.ascontiguousarray(labels)),
            (1, ignored),
        )
        mask[...] = result


def _loss_door(name, arguments, settings):
    def call(self, given):
        dpred, values, *out, pred, target, weight, scale = (
            given[argument] for argument in arguments.split()
        )
        numbers = [given[setting] for setting in settings.split()]
        columns = numbers.pop() if name in FOCAL else None
        self._loss(
            name, dpred, values, *(out or [None]), pred, target, weight, scale,
            numbers, columns,
        )  # fmt: skip

    return method(name, f"{arguments} {settings}", call)


for _losses, _arguments in (
    (LOSSES, "dpred values pred target weight scale"),
    (OF_LABELS, "dpred values pred labels weight scale"),
    (FUSED, "dlogits values out logits target weight scale"),
    (FUSED_OF_LABELS, "dlogits values out logits labels weight scale"),
):
    for _name, _settings in _losses.items():
        setattr(LossesDoors, _name, _loss_door(_name, _arguments, _settings))
