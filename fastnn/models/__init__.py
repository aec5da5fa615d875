"""Models: layers in a row, with training and prediction."""

from fastnn.models.layer_call import evaluate_layer
from fastnn.models.model import Model
from fastnn.models.sequential import Sequential

__all__ = ["Model", "Sequential", "evaluate_layer"]
