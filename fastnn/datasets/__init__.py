"""Data sets in Keras's manner: `load_data()` of each module."""

from fastnn.datasets import mnist, predictive_maintenance

__all__ = ["mnist", "predictive_maintenance"]
