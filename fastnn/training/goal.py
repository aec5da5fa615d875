"""What `compile` was told, made fit for a plan."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from numbers import Real
from typing import Any

from fastnn import losses, metrics, optimizers
from fastnn.losses import Loss
from fastnn.metrics import Metric
from fastnn.optimizers import Optimizer
from fastnn.plan.objective import Goal

__all__ = ["Compilation"]


class Compilation:
    """What `compile` was told.

    Args:
        optimizer, loss, loss_weights, metrics, weighted_metrics: See `Model.compile`.
        jit_compile: Whether the operations of a step are merged.

    Raises:
        ValueError: If metrics are not a list, or something is not known.
    """

    def __init__(
        self,
        optimizer: Any,
        loss: Any,
        loss_weights: Any,
        metrics: Any,
        weighted_metrics: Any,
        jit_compile: bool = True,
    ):
        self.jit_compile = jit_compile
        self.optimizer = _optimizer(optimizer)
        self.loss = None if loss is None else losses.resolve(loss)
        self.loss_weight = _loss_weight(loss_weights)
        self._asked = _metrics("metrics", metrics, self.loss)
        self._asked_weighted = _metrics("weighted_metrics", weighted_metrics, self.loss)
        self._resolved: tuple[list[Metric], list[Metric]] | None = None

    def resolve(
        self, output_shape: tuple[int, ...], target_shape: tuple[int, ...] | None = None
    ) -> None:
        """Makes the metrics; "accuracy" depends on the output, and on the targets where
        the loss does not say what they are.

        Args:
            output_shape: Of the predictions for one sample.
            target_shape: Of its targets; None if they are not known.
        """
        if self._resolved is not None:
            return
        taken: set[str] = {"loss"}
        labels = target_shape is not None and _are_labels(target_shape, output_shape)
        plain, weighted = (
            [
                _unique(
                    metrics.resolve(m, self.loss, output_shape[-1], labels),
                    taken,
                    prefix,
                )
                for m in asked
            ]
            for asked, prefix in (
                (self._asked, ""),
                (self._asked_weighted, "weighted_"),
            )
        )
        self._resolved = plain, weighted

    def forget_output(self) -> None:
        """Makes `resolve` start again, after the network has changed."""
        self._resolved = None

    @property
    def metrics(self) -> list[Metric]:
        """All metrics; none before `resolve`."""
        plain, weighted = self._resolved or ([], [])
        return [*plain, *weighted]

    def update_metrics(self, y: Any, y_pred: Any, sample_weight: Any) -> None:
        """Hands a batch to the metrics, for a step that is made in Python."""
        plain, weighted = self._resolved or ([], [])
        for metric in plain:
            metric.update_state(y, y_pred)
        for metric in weighted:
            metric.update_state(y, y_pred, sample_weight)

    def goal(
        self, weight_shape: tuple[int, ...] | None, target_shape: tuple[int, ...]
    ) -> Goal:
        """What a plan holds predictions against.

        Args:
            weight_shape: Of the weights of one sample; None if there are none.
            target_shape: Of the targets of one sample.

        Raises:
            ValueError: If no loss was given.
        """
        plain, with_weights = self._resolved or ([], [])
        return Goal(
            self.required_loss, plain, with_weights, weight_shape, target_shape,
            self.loss_weight,
        )  # fmt: skip

    @property
    def required_loss(self) -> Loss:
        """The loss.

        Raises:
            ValueError: If none was given.
        """
        if self.loss is None:
            raise ValueError(
                "Expected the model to be compiled with a loss. Received: loss=None"
            )
        return self.loss


def _optimizer(identifier: Any) -> Optimizer:
    found = optimizers.get(identifier)
    if found is None:
        raise ValueError(f"Expected an optimizer. Received: optimizer={identifier!r}")
    return found


def _metrics(name: str, value: Any, loss: Loss | None) -> Sequence[Any]:
    if value is None:
        return []
    if value and not isinstance(value, list | tuple | dict):
        raise ValueError(
            f"Expected `{name}` to be a list, or a dict with the name of the output. "
            f"Received: {name}={value!r}"
        )
    flat = list(_flat(value))
    for metric in flat:
        # what it will be depends on the output, but whether it is one does not
        if not isinstance(metric, Metric | type):
            metrics.resolve(metric, loss, 1)
    return flat


def _are_labels(target_shape: tuple[int, ...], output_shape: tuple[int, ...]) -> bool:
    """Whether there is one target where there are several outputs."""
    missing = len(target_shape) < len(output_shape)
    return missing or (target_shape[-1:] == (1,) and output_shape[-1] > 1)


def _flat(value: Any) -> Iterator[Any]:
    """The entries of lists within lists; a dict with a class name is one entry."""
    if isinstance(value, dict) and "class_name" not in value:
        value = list(value.values())
    if not isinstance(value, list | tuple):
        yield value
        return
    for entry in value:
        yield from _flat(entry)


def _unique(metric: Metric, taken: set[str], prefix: str = "") -> Metric:
    """Gives a metric a name that no other one has."""
    if metric.name in taken:
        metric.name = f"{prefix}{metric.name}"
    name, number = metric.name, 0
    while metric.name in taken:
        number += 1
        metric.name = f"{name}_{number}"
    taken.add(metric.name)
    return metric


def _loss_weight(loss_weights: Any) -> float:
    """The weight of the one loss.

    Raises:
        ValueError: If it is not one number.
    """
    if loss_weights is None:
        return 1.0
    value = loss_weights
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list | tuple) and len(value) == 1:
        value = value[0]
    number = isinstance(value, Real) and not isinstance(value, bool)
    if not number or not math.isfinite(value):
        raise ValueError(
            "Expected `loss_weights` to be a number, or a list or a dict of one: there "
            f"is one loss. Received: {loss_weights=}"
        )
    return float(value)
