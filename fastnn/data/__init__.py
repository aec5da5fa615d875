"""What a user may pass in -> contiguous arrays; only this copies user data."""

from fastnn.data.arrays import Arrays, split
from fastnn.data.features import as_features, as_values
from fastnn.data.targets import as_targets
from fastnn.data.weights import as_sample_weight, class_weights_to_rows

__all__ = [
    "Arrays",
    "as_features",
    "as_sample_weight",
    "as_targets",
    "as_values",
    "class_weights_to_rows",
    "split",
]
