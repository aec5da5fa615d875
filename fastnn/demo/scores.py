"""How good an alarm is."""

import dataclasses

import numpy as np

from fastnn.datasets.predictive_maintenance import TARGETS

__all__ = ["Scores", "average_precision", "score"]


@dataclasses.dataclass(frozen=True)
class Scores:
    """What alarms on parts with known fate are worth.

    Attributes:
        parts: Number of parts.
        failures: How many failed.
        alarms: How many were flagged.
        found: How many of the failed were flagged.
        average_precision: Quality of the ranking by risk, from the share of failures
            (by guessing) to 1 (all failures before all others).
        modes: For each failure mode how many failed by it and how many of them were
            flagged.
    """

    parts: int
    failures: int
    alarms: int
    found: int
    average_precision: float
    modes: dict[str, tuple[int, int]]

    @property
    def precision(self) -> float:
        """The share of right alarms; NaN without an alarm."""
        return self.found / self.alarms if self.alarms else float("nan")

    @property
    def recall(self) -> float:
        """The share of failures that were flagged; NaN without a failure."""
        return self.found / self.failures if self.failures else float("nan")


def score(y: np.ndarray, risk: np.ndarray, threshold: float = 0.5) -> Scores:
    """Scores the alarms `risk >= threshold`.

    Args:
        y: Columns of `predictive_maintenance.TARGETS`, (rows, 6).
        risk: Estimated risk, (rows,).
        threshold: Risk from which a part is flagged.
    """
    flagged = risk >= threshold
    failed = y[:, 0] == 1
    modes = {
        name: (int(column.sum()), int((column & flagged).sum()))
        for name, column in zip(TARGETS[1:], (y[:, 1:] == 1).T, strict=True)
    }
    return Scores(
        parts=len(y),
        failures=int(failed.sum()),
        alarms=int(flagged.sum()),
        found=int((failed & flagged).sum()),
        average_precision=average_precision(failed, risk),
        modes=modes,
    )


def average_precision(truth: np.ndarray, risk: np.ndarray) -> float:
    """sum_n (recall_n - recall_(n-1)) * precision_n over falling thresholds.

    Rows of equal risk pass the threshold together. (Manning, Raghavan, Schuetze 2008,
    "Introduction to Information Retrieval", chapter 8.4.)

    Args:
        truth: 0 or 1, (rows,).
        risk: Any score that is higher where 1 is likelier, (rows,).

    Returns:
        The average precision, NaN if nothing is 1.
    """
    order = np.argsort(-risk, kind="stable")
    found = np.cumsum(np.asarray(truth, bool)[order])
    if not found.size or not found[-1]:
        return float("nan")
    last_of_equals = np.append(np.diff(risk[order]) != 0, True)
    found = found[last_of_equals]
    flagged = np.flatnonzero(last_of_equals) + 1
    gained = np.diff(found, prepend=0) / found[-1]
    return float(np.sum(gained * found / flagged))
