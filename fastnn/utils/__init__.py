"""Keras's small public helpers."""

from fastnn.utils.batch_tuple import pack_x_y_sample_weight, unpack_x_y_sample_weight
from fastnn.utils.numerical import to_categorical
from fastnn.utils.py_dataset import PyDataset
from fastnn.utils.seeding import set_random_seed

__all__ = [
    "PyDataset",
    "pack_x_y_sample_weight",
    "set_random_seed",
    "to_categorical",
    "unpack_x_y_sample_weight",
]
