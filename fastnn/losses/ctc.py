"""Connectionist temporal classification, which there is no kernel for."""

from __future__ import annotations

from typing import Any, NoReturn

from fastnn.losses.loss import Loss

__all__ = ["CTC", "ctc"]


class CTC(Loss):
    """Not supported: the loss of sequences, which dense networks do not predict.

    Raises:
        NotImplementedError: Always.
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "ctc",
        dtype: Any = None,
    ):
        _refuse()


def ctc(y_true: Any, y_pred: Any) -> NoReturn:
    """Not supported: the loss of sequences, which dense networks do not predict.

    Raises:
        NotImplementedError: Always.
    """
    _refuse()


def _refuse() -> NoReturn:
    raise NotImplementedError(
        "Expected a loss for rows of numbers: CTC, for sequences, is not supported. "
        "Received: CTC"
    )
