"""Keras's small public helpers."""

from fastnn.utils.numerical import to_categorical
from fastnn.utils.seeding import set_random_seed

__all__ = ["set_random_seed", "to_categorical"]
