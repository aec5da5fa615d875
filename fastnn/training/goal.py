"""What `compile` was told, made fit for a plan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastnn import losses, metrics, optimizers
from fastnn.losses import Loss
from fastnn.metrics import Metric
from fastnn.optimizers import Optimizer
from fastnn.plan.lowering import Goal

__all__ = ["Compilation"]


class Compilation:
    """What `compile` was told.

    Args:
        optimizer, loss, metrics, weighted_metrics: See `Model.compile`.
        jit_compile: Whether the operations of a step are merged.

    Raises:
        TypeError: If metrics are not a list.
        ValueError: If something is not known.
    """

    def __init__(
        self,
        optimizer: Any,
        loss: Any,
        metrics: Any,
        weighted_metrics: Any,
        jit_compile: bool = True,
    ):
        self.jit_compile = jit_compile
        self.optimizer = _optimizer(optimizer)
        self.loss = None if loss is None else losses.resolve(loss)
        self._asked = _metrics("metrics", metrics, self.loss)
        self._asked_weighted = _metrics("weighted_metrics", weighted_metrics, self.loss)
        self._resolved: tuple[list[Metric], list[Metric]] | None = None

    def resolve(self, output_shape: tuple[int, ...]) -> None:
        """Makes the metrics; "accuracy" depends on the output."""
        if self._resolved is not None:
            return
        taken: set[str] = {"loss"}
        plain, weighted = (
            [
                _unique(metrics.resolve(m, self.loss, output_shape[-1]), taken)
                for m in asked
            ]
            for asked in (self._asked, self._asked_weighted)
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

    def goal(self, weighted: bool, target_shape: tuple[int, ...]) -> Goal:
        """What a plan holds predictions against.

        Args:
            weighted: Whether rows have weights.
            target_shape: Of the targets of one sample.

        Raises:
            ValueError: If no loss was given.
        """
        plain, with_weights = self._resolved or ([], [])
        return Goal(self.required_loss, plain, with_weights, weighted, target_shape)

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
    if not isinstance(value, list | tuple):
        raise TypeError(f"Expected `{name}` to be a list. Received: {value!r}")
    for metric in value:
        # what it will be depends on the output, but whether it is one does not
        if not isinstance(metric, Metric | type):
            metrics.resolve(metric, loss, 1)
    return list(value)


def _unique(metric: Metric, taken: set[str]) -> Metric:
    """Gives a metric a name that no other one has."""
    name, number = metric.name, 0
    while metric.name in taken:
        number += 1
        metric.name = f"{name}_{number}"
    taken.add(metric.name)
    return metric
