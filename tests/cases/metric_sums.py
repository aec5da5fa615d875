"""Cases of the sums from which metrics are computed."""

from dataclasses import dataclass
from functools import partial

import numpy as np

from .case import Case, magnitude, normal, uniform


@dataclass(frozen=True)
class _Counts:
    """Settings of one case of the counts at thresholds."""

    variant: str
    thresholds: tuple | int
    weighted: bool = False
    by_label: bool = False
    column_weight: bool = False
    least: int | None = None
    column: bool = False
    top_k: int = 0

    def arguments(self, rng, shape, dtype):
        size = shape.rows, shape.units
        thresholds = np.asarray(self.thresholds, dtype)
        if self.least is not None:
            thresholds = np.linspace(0, 1, self.thresholds, dtype=dtype)
        labels = shape.units if self.by_label else 1
        weight = uniform(rng, dtype, 0.1, 2, shape.rows) if self.weighted else None
        columns = uniform(rng, dtype, 0.1, 2, shape.units)
        return {
            "counts": rng.uniform(size=(4, len(thresholds), labels)),
            # some at a threshold, and below and above all
            "pred": (rng.integers(-8, 40, size=size) / 32).astype(dtype),
            "target": rng.integers(0, 2, size=size).astype(dtype),
            "weight": weight,
            "thresholds": thresholds,
            "column_weight": columns if self.column_weight else None,
            "least": self.least,
            "column": shape.units - 1 if self.column else -1,
            "top_k": self.top_k,
        }

    def case(self):
        return Case(
            "threshold_counts",
            ("counts",),
            self.arguments,
            self.variant,
            _scale_counts,
            needs_columns=True,
        )


def _scale_counts(arguments, expected):
    """All weights, as many times as there are of them."""
    sums = magnitude(expected["counts"]).sum(axis=(0, 2), keepdims=True)
    return {"counts": (2 + arguments["pred"].size) * np.broadcast_to(
        sums, expected["counts"].shape)}  # fmt: skip


_COUNTS = (
    _Counts("one threshold", (0.5,)),
    _Counts("any order", (0.75, 0.25, 1.0, 0.25), weighted=True),
    _Counts("even", 9, weighted=True, least=0),
    _Counts("even from below zero", 33, column_weight=True, least=1),
    _Counts("by label", 5, weighted=True, by_label=True, least=1),
    _Counts("by label, any order", (0.5, 0.125, 0.25), by_label=True),
    _Counts("one column", (0.5, 0.25), weighted=True, column=True),
    _Counts("largest", (-1e10,), weighted=True, top_k=3),
    _Counts("largest of one column", 9, least=0, column=True, top_k=2),
)


def _f_score(together, weighted, threshold, rng, shape, dtype):
    size = shape.rows, shape.units
    return {
        "sums": rng.uniform(size=(4, 1 if together else shape.units)),
        "pred": (rng.integers(0, 5, size=size) / 4).astype(dtype),
        "target": rng.integers(0, 2, size=size).astype(dtype),
        "weight": uniform(rng, dtype, 0.1, 2, shape.rows) if weighted else None,
        "threshold": threshold,
    }


def _scale_f_score(arguments, expected):
    return {"sums": (2 + arguments["pred"].size) * magnitude(expected["sums"])}


def _r2(weighted, rng, shape, dtype):
    return {
        "sums": rng.uniform(size=(4, shape.units)),
        "samples": np.array([3.0]),
        "pred": normal(rng, dtype, shape.rows, shape.units),
        "target": normal(rng, dtype, shape.rows, shape.units),
        "weight": uniform(rng, dtype, 0.1, 2, shape.rows) if weighted else None,
    }


def _scale_r2(arguments, expected):
    t, weight = magnitude(arguments["target"]), arguments["weight"]
    factors = np.ones(len(t)) if weight is None else magnitude(weight)
    sums = magnitude(expected["sums"]).copy()
    sums[1] += (factors[:, None] * t).sum(axis=0)
    return {"sums": (2 + len(t)) * sums}


CASES = [
    *(counts.case() for counts in _COUNTS),
    *(
        Case(
            "f_score_sums",
            ("sums",),
            partial(_f_score, together, weighted, threshold),
            variant,
            _scale_f_score,
            needs_columns=True,
        )
        for variant, together, weighted, threshold in (
            ("largest", False, True, np.nan),
            ("threshold", False, False, 0.5),
            ("together", True, True, 0.25),
        )
    ),
    *(
        Case("r2_sums", ("sums", "samples"), partial(_r2, weighted), variant, _scale_r2)
        for variant, weighted in (("weighted", True), ("plain", False))
    ),
]
