"""A predictive-maintenance classifier from data to decision, in a few seconds."""

from fastnn.demo.command import run
from fastnn.demo.detector import FailureDetector
from fastnn.demo.preparation import Standardizer, machine_features
from fastnn.demo.scores import Scores, average_precision, score

__all__ = [
    "FailureDetector",
    "Scores",
    "Standardizer",
    "average_precision",
    "machine_features",
    "run",
    "score",
]
