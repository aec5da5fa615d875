"""Models: layers in a row or of a user's own making, with training and prediction."""

from fastnn.layers import LAYERS
from fastnn.models.cloning import clone_model, model_from_json
from fastnn.models.layer_call import evaluate_layer
from fastnn.models.model import Model
from fastnn.models.sequential import Sequential

LAYERS.add(Sequential)

__all__ = ["Model", "Sequential", "clone_model", "evaluate_layer", "model_from_json"]
