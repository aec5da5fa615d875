"""What a user may pass in -> contiguous arrays, or a stream of batches; only this
copies user data."""

from fastnn.data.array_batches import ArrayBatches, row_order
from fastnn.data.arrays import Arrays, split
from fastnn.data.features import as_features, as_values
from fastnn.data.streams import Batch, Stream, as_stream, is_stream
from fastnn.data.targets import as_targets
from fastnn.data.weights import as_sample_weight, class_weights_to_rows

__all__ = [
    "ArrayBatches",
    "Arrays",
    "Batch",
    "Stream",
    "as_features",
    "as_sample_weight",
    "as_stream",
    "as_targets",
    "as_values",
    "class_weights_to_rows",
    "is_stream",
    "row_order",
    "split",
]
