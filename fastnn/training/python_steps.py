"""Steps that a model's own methods make, one batch at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastnn.training.gradients import (
    call_compute_loss,
    gradients_of,
    output_penalty,
)
from fastnn.training.inputs import class_weighted, unchecked
from fastnn.utils import pack_x_y_sample_weight, unpack_x_y_sample_weight

if TYPE_CHECKING:
    from fastnn.data import Arrays
    from fastnn.models.model import Model

__all__ = [
    "default",
    "in_python",
    "is_overridden",
    "python_step",
    "test_step_by_parts",
    "train_step_by_parts",
]

_PARTS = ("compute_loss", "compute_loss_gradient", "compute_metrics")
_METHODS = {
    "train": ("train_step", "compute_gradients", *_PARTS),
    "test": ("test_step", *_PARTS),
    "predict": ("predict_step",),
}


def default(method: Any) -> Any:
    """Marks a method of all models, so that it is seen when a class has its own."""
    method.is_default = True
    return method


def is_overridden(model: Model, *methods: str) -> bool:
    """Whether the model's class, or the model, has one of these methods of its own."""
    return any(not hasattr(getattr(model, name), "is_default") for name in methods)


def in_python(model: Model, mode: str) -> bool:
    """Whether each batch is to go through the model's methods.

    Args:
        model: The model.
        mode: "train", "test" or "predict".
    """
    return model.run_eagerly or is_overridden(model, *_METHODS[mode])


def python_step(
    model: Model, mode: str, class_weight: Any, batch: tuple[Any, Any, Any]
) -> dict[str, Any] | None:
    """Hands a batch to `train_step` or `test_step`."""
    arrays = class_weighted(model, unchecked(model, *batch), class_weight)
    data = _pack(model, arrays)
    logs = model.train_step(data) if mode == "train" else model.test_step(data)
    return None if logs is None else dict(logs)


def _pack(model: Model, arrays: Arrays) -> Any:
    parts = (arrays.x, arrays.y, arrays.weight)
    return pack_x_y_sample_weight(*(_in_dtype(part, model.dtype) for part in parts))


def _in_dtype(array: Any, dtype: str) -> Any:
    if array is None or array.dtype.kind != "f":
        return array
    return array.astype(dtype, copy=False)


def train_step_by_parts(model: Model, data: Any) -> dict[str, Any]:
    """A step of training through `compute_loss`, `compute_gradients` and
    `compute_metrics`."""
    x, y, sample_weight = unpack_x_y_sample_weight(data)
    if is_overridden(model, "compute_gradients"):
        loss, gradients = model.compute_gradients(x, y, sample_weight)
        y_pred = model(x)
    else:
        loss, gradients, y_pred = gradients_of(model, x, y, sample_weight)
    optimizer: Any = model.compilation.optimizer
    weights = model.trainable_weights
    gradients = [optimizer.scale_loss(gradient) for gradient in gradients]
    optimizer.apply_gradients(list(zip(gradients, weights, strict=True)))
    model.loss_tracker.update_state(loss, sample_weight=len(y_pred))
    return model.compute_metrics(x, y, y_pred, sample_weight)


def test_step_by_parts(model: Model, data: Any) -> dict[str, Any]:
    """A step of evaluation through `compute_loss` and `compute_metrics`."""
    x, y, sample_weight = unpack_x_y_sample_weight(data)
    y_pred = model(x)
    model._penalties = [output_penalty(model, x)]
    try:
        loss = call_compute_loss(model, x, y, y_pred, sample_weight, training=False)
    finally:
        model._penalties = []
    model.loss_tracker.update_state(loss, sample_weight=len(y_pred))
    return model.compute_metrics(x, y, y_pred, sample_weight)
