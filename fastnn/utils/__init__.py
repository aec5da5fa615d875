"""Keras's small public helpers."""

from fastnn.console import (
    disable_interactive_logging,
    enable_interactive_logging,
    is_interactive_logging_enabled,
)
from fastnn.dtypes import storable_dtype as standardize_dtype
from fastnn.saving import (
    CustomObjectScope,
    custom_object_scope,
    deserialize_keras_object,
    get_custom_objects,
    get_registered_name,
    get_registered_object,
    register_keras_serializable,
    serialize_keras_object,
)
from fastnn.utils.batch_tuple import pack_x_y_sample_weight, unpack_x_y_sample_weight
from fastnn.utils.history_plot import plot_history
from fastnn.utils.model_plot import model_to_dot, plot_model
from fastnn.utils.numerical import normalize, to_categorical
from fastnn.utils.progbar import Progbar
from fastnn.utils.py_dataset import PyDataset
from fastnn.utils.seeding import set_random_seed
from fastnn.utils.sequences import pad_sequences
from fastnn.utils.session import clear_session
from fastnn.utils.split import split_dataset

Sequence = PyDataset

__all__ = [
    "CustomObjectScope",
    "Progbar",
    "PyDataset",
    "Sequence",
    "clear_session",
    "custom_object_scope",
    "deserialize_keras_object",
    "disable_interactive_logging",
    "enable_interactive_logging",
    "get_custom_objects",
    "get_registered_name",
    "get_registered_object",
    "is_interactive_logging_enabled",
    "model_to_dot",
    "normalize",
    "pack_x_y_sample_weight",
    "pad_sequences",
    "plot_history",
    "plot_model",
    "register_keras_serializable",
    "serialize_keras_object",
    "set_random_seed",
    "split_dataset",
    "standardize_dtype",
    "to_categorical",
    "unpack_x_y_sample_weight",
]
