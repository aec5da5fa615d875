"""Who is measured: one file per peer, found by name, imported only in its own process.

A peer is a class `Peer(threads)` with

- `version() -> str`,
- `train_case(case, data) -> run`, where `run(epochs)` trains for whole epochs over
  shuffled rows and returns the mean loss of the last one, with all work done,
- `predict_case(case) -> predict`, where `predict(x)` maps a NumPy array to a NumPy
  array.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """Where a peer lives and how its package is imported."""

    name: str
    title: str
    location: str  # module in this package : class
    package: str
    statement: str  # what the import case times
    predicts: bool = True

    def load(self):
        """The peer's class; ImportError when its package is not installed."""
        module, _, class_name = self.location.partition(":")
        return getattr(importlib.import_module(f"{__name__}.{module}"), class_name)


PEERS = (
    Entry("fastnn", "fastnn", "fastnn_peer:Peer", "fastnn", "import fastnn"),
    Entry("numpy", "NumPy by hand", "numpy_peer:Peer", "numpy", "import numpy"),
    Entry(
        "numpy_tuned",
        "NumPy, no allocation",
        "numpy_tuned_peer:Peer",
        "numpy",
        "import numpy",
    ),
    Entry("torch", "PyTorch eager", "torch_peer:Peer", "torch", "import torch"),
    Entry("jax", "JAX, jitted step", "jax_peer:StepPeer", "jax", "import jax"),
    Entry(
        "jax_scan",
        "JAX, scanned epoch",
        "jax_peer:ScanPeer",
        "jax",
        "import jax",
        predicts=False,
    ),
    Entry("keras", "Keras on JAX", "keras_peer:Peer", "keras", "import keras"),
    Entry(
        "sklearn",
        "scikit-learn MLP",
        "sklearn_peer:Peer",
        "sklearn",
        "from sklearn.neural_network import MLPClassifier",
    ),
)

PEERS_BY_NAME = {entry.name: entry for entry in PEERS}
