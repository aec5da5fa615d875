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
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Entry:
    """Where a peer lives and how its package is imported."""

    name: str
    title: str
    location: str  # module in this package : class
    packages: str  # what has to be installed
    statement: str  # what the import case times
    kinds: tuple[str, ...] = ("train", "predict", "memory", "import")
    environment: dict[str, str] = field(default_factory=dict)
    variant: bool = False  # fastnn itself, otherwise

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
        kinds=("train", "memory"),
    ),
    Entry("keras", "Keras on JAX", "keras_peer:Peer", "keras", "import keras"),
    Entry(
        "sklearn",
        "scikit-learn MLP",
        "sklearn_peer:Peer",
        "sklearn",
        "from sklearn.neural_network import MLPClassifier",
    ),
    Entry(
        "onnx",
        "ONNX Runtime",
        "onnx_peer:Peer",
        "onnxruntime onnx",
        "import onnxruntime",
        kinds=("predict", "import"),
    ),
    *(
        Entry(
            f"fastnn_{name}",
            f"fastnn, {title}",
            f"fastnn_peer:{class_name}",
            "fastnn",
            "import fastnn",
            kinds=kinds,
            environment=environment,
            variant=True,
        )
        for name, title, class_name, kinds, environment in (
            ("1t", "one thread", "OneThread", ("train", "predict"), {}),
            ("float64", "float64", "Float64", ("train",), {}),
            ("bf16", "bfloat16", "MixedBfloat16", ("train",), {}),
            ("avx2", "AVX2", "Peer", ("train",), {"FASTNN_ISA": "avx2"}),
            ("baseline", "baseline", "Peer", ("train",), {"FASTNN_ISA": "baseline"}),
        )
    ),
)

PEERS_BY_NAME = {entry.name: entry for entry in PEERS}
