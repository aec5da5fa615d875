"""The circle loss, of embeddings."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt

from fastnn.dtypes import as_real
from fastnn.losses.loss import CompiledLoss
from fastnn.losses.settings import number

__all__ = ["Circle", "circle"]


class Circle(CompiledLoss):
    """values = softplus(log(sum(exp(near))) + log(sum(exp(far))))

    For embeddings of length one, and the label of each. With d = max(1 - cosine, 0) of
    a row and another one, near = gamma (d^2 - margin^2) where both have one label, and
    far = gamma max(1 + margin - d, 0) (1 - margin - d) where not. A row without another
    of its label, or of a different one, in its batch has the value 0 and no part in a
    mean.
    Source: Sun et al., 2020, "Circle loss: a unified perspective of pair similarity
    optimization".

    Args:
        gamma: How fast the loss grows.
        margin: From what distance on pairs count as near, or not as far.
        remove_diagonal: Whether a row is no pair with itself.
        reduction: See `Loss`.
        name: Name of the loss.
        dtype: "float32" (the default) or "float64".

    Raises:
        TypeError: If `gamma` or `margin` is not a number.
    """

    kernel = "circle"
    target = "identities"

    def __init__(
        self,
        gamma: float = 80.0,
        margin: float = 0.4,
        remove_diagonal: bool = True,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: npt.DTypeLike | None = None,
    ):
        super().__init__(reduction, name, dtype)
        self.gamma = number("gamma", gamma)
        self.margin = number("margin", margin)
        self.remove_diagonal = bool(remove_diagonal)

    @property
    def scalars(self):
        return self.gamma, self.margin, float(self.remove_diagonal)

    def lower(self, builder, seed, target, gradient, out, reduced):
        if len(seed.shape) != 1:
            raise ValueError(
                "Expected a model that predicts an embedding for each row. "
                f"Received: predictions of shape {(None, *seed.shape)}"
            )
        values = builder.tensor("values", (1,), "float64", padded=False)
        distances = builder.tensor("distances", (1,), "float64", padded=False)
        mask = builder.tensor("mask", (1,), padded=False)
        builder.emit(
            self.kernel,
            (values, gradient, mask, distances),
            (seed, target, reduced.weight),
            sizes=(1, seed.width, seed.row, 0, *reduced.sizes),
            scalars=(reduced.scale, *self.scalars),
        )
        return values, dataclasses.replace(reduced, mask=mask)

    def as_rows(self, y_true, y_pred):
        if np.ndim(y_pred) != 2:
            raise ValueError(
                "Expected y_pred to hold an embedding for each row. "
                f"Received: y_pred.shape={np.shape(y_pred)}"
            )
        return super().as_rows(y_true, y_pred)

    def of_rows(self, pred, target):
        from fastnn._core.doors import doors

        values, mask = np.empty(len(pred)), np.empty(len(pred), pred.dtype)
        doors.circle(None, values, mask, pred, target, None, 1.0, *self.scalars)
        return values

    def mask(self, y_true, values):
        return ~(values <= 0)  # NaN counts


def circle(
    y_true: npt.ArrayLike,
    y_pred: npt.ArrayLike,
    ref_labels: npt.ArrayLike | None = None,
    ref_embeddings: npt.ArrayLike | None = None,
    remove_diagonal: bool = True,
    gamma: float = 80,
    margin: float = 0.4,
) -> np.ndarray:
    """Returns the values of `Circle`.

    Args:
        y_true: Labels, shape (rows,) or (rows, 1).
        y_pred: Embeddings of length one, shape (rows, n).
        ref_labels: Labels of other embeddings that rows are paired with; by default
            those of the rows.
        ref_embeddings: These embeddings, shape (others, n); by default the rows.
        remove_diagonal: Whether row i is no pair with embedding i.
        gamma: See the class, also for the further argument.

    Raises:
        ValueError: If the shapes do not fit.
    """
    loss = Circle(gamma, margin, remove_diagonal)
    if ref_labels is None and ref_embeddings is None:
        return loss.call(y_true, y_pred)
    pred, labels, _ = loss.as_rows(y_true, y_pred)
    others, other_labels = pred, labels
    if ref_embeddings is not None:
        others = as_real(ref_embeddings, pred.dtype, name="ref_embeddings")
    if ref_labels is not None:
        other_labels = np.asarray(ref_labels).reshape(-1).astype(np.int32)
    if others.ndim != 2 or others.shape != (len(other_labels), pred.shape[1]):
        raise ValueError(
            f"Expected an embedding of {pred.shape[1]} numbers for each of "
            f"{len(other_labels)} labels. Received: ref_embeddings.shape={others.shape}"
        )
    return _against(loss, pred, labels, others, other_labels).astype(pred.dtype)


def _against(loss, pred, labels, others, other_labels) -> np.ndarray:
    """The formula in NumPy: other embeddings are for a look, not for training."""
    gamma, margin = loss.gamma, loss.margin
    distance = np.maximum(1 - pred.astype(np.float64) @ others.T, 0)
    same = labels[:, np.newaxis] == other_labels
    far = ~same
    if loss.remove_diagonal:
        same &= ~np.eye(*same.shape, dtype=np.bool_)
    near_terms = -gamma * np.maximum(margin + distance, 0) * (margin - distance)
    far_terms = gamma * np.maximum(1 + margin - distance, 0) * (1 - margin - distance)
    with np.errstate(divide="ignore"):
        near = np.logaddexp.reduce(np.where(same, near_terms, -np.inf), axis=1)
        total = near + np.logaddexp.reduce(np.where(far, far_terms, -np.inf), axis=1)
    return np.logaddexp(0, total)
