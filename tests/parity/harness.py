"""The same program in Keras and in fastnn, and whether the numbers agree.

In what follows `k` stands for either library: their interfaces are the same, so each
case is written once. Keras runs on JAX.
"""

from __future__ import annotations

import dataclasses
import os
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import fastnn

os.environ.setdefault("KERAS_BACKEND", "jax")
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    keras = pytest.importorskip("keras", exc_type=ImportError)

__all__ = [
    "Case",
    "assert_close",
    "assert_same_training",
    "both",
    "data",
    "raise_alike",
]

ROWS, BATCH, EPOCHS = 48, 8, 4  # 24 steps


@dataclasses.dataclass
class Case:
    """A model that is trained in both libraries.

    A value that differs between the libraries, because it is an object, is a function
    of `k`; any other value is used as it is.

    Attributes:
        layers: k -> the layers of a Sequential, `k.Input` first.
        loss, optimizer: What `compile` takes.
        compile: Its further arguments.
        fit: Further arguments of `fit`.
        targets: "values", "binary", "one_hot", "labels" or "signs".
        x, y: Rows and targets, made up from the shapes if they are not given.
        evaluate: Further arguments of `evaluate`.
        rtol: How far numbers may lie apart.
    """

    layers: Callable[[Any], list]
    loss: Any = "mse"
    optimizer: Any = "adam"
    compile: Any = None
    fit: Any = None
    targets: str = "values"
    x: np.ndarray | None = None
    y: np.ndarray | None = None
    evaluate: Any = None
    rtol: float = 1e-4


def data(
    input_shape: tuple[int, ...],
    output_shape: tuple[int, ...],
    targets: str = "values",
    rows: int = ROWS,
) -> tuple[np.ndarray, np.ndarray]:
    """Rows and targets, the same at each call."""
    rng = np.random.default_rng(7)
    x = rng.normal(size=(rows, *input_shape)).astype("float32")
    shape = (rows, *output_shape)
    if targets == "values":
        return x, rng.normal(size=shape).astype("float32")
    if targets == "binary":
        return x, rng.integers(0, 2, shape).astype("float32")
    if targets == "signs":
        return x, (2 * rng.integers(0, 2, shape) - 1).astype("float32")
    labels = rng.integers(0, output_shape[-1], shape[:-1])
    if targets == "labels":
        return x, labels.astype("int32")
    return x, np.eye(output_shape[-1], dtype="float32")[labels]


def assert_same_training(case: Case) -> None:
    """Trains the case in both libraries; history, weights, predictions and evaluation
    must agree."""
    theirs, ours = (_compiled(case, k) for k in (keras, fastnn))
    ours.set_weights(theirs.get_weights())
    x, y = case.x, case.y
    if x is None or y is None:
        made = data(theirs.input_shape[1:], theirs.output_shape[1:], case.targets)
        x, y = (m if a is None else a for a, m in zip((x, y), made, strict=True))
    seen = []
    for k, model in ((keras, theirs), (fastnn, ours)):
        fit = {"batch_size": BATCH, "epochs": EPOCHS, "shuffle": False}
        history = model.fit(x, y, verbose=0, **{**fit, **_of(case.fit, k)}).history
        evaluate = {"verbose": 0, "batch_size": BATCH, "return_dict": True}
        evaluate |= _of(case.evaluate, k)
        seen.append({
            "history": {name: history[name] for name in sorted(history)},
            "weights": model.get_weights(),
            "predict": model.predict(x, verbose=0),
            "evaluate": model.evaluate(x, y, **evaluate),
        })  # fmt: skip
    assert list(seen[1]["history"]) == list(seen[0]["history"])
    assert_close(seen[1], seen[0], case.rtol)


def both(function: Callable[[Any], Any], rtol: float = 1e-4, atol: float = 1e-6) -> Any:
    """Asserts that a function of `k` returns the same in both libraries.

    Returns:
        What it returns in fastnn.
    """
    theirs, ours = function(keras), function(fastnn)
    assert_close(ours, theirs, rtol, atol)
    return ours


def raise_alike(function: Callable[[Any], Any]) -> None:
    """Asserts that a function of `k` raises the same kind of error in both libraries,
    and that ours says what was received."""
    with pytest.raises(Exception) as theirs:
        function(keras)
    with pytest.raises(Exception) as ours:
        function(fastnn)
    assert type(ours.value) is type(theirs.value)
    assert "eceived" in str(ours.value)


def assert_close(
    ours: Any, theirs: Any, rtol: float = 1e-4, atol: float = 1e-6, where: str = ""
) -> None:
    """Compares numbers, arrays, and lists and dicts of them.

    An element may differ by `rtol` of itself, or of the mean magnitude of its array,
    or by `atol`.
    """
    if isinstance(theirs, dict):
        assert set(ours) == set(theirs), where
        for key in theirs:
            assert_close(ours[key], theirs[key], rtol, atol, f"{where}/{key}")
    elif isinstance(theirs, list | tuple):
        assert len(ours) == len(theirs), where
        for i, (a, b) in enumerate(zip(ours, theirs, strict=True)):
            assert_close(a, b, rtol, atol, f"{where}/{i}")
    elif theirs is None or isinstance(theirs, str | bool):
        assert ours == theirs, where
    else:
        a, b = np.asarray(ours), np.asarray(theirs)
        assert a.shape == b.shape, f"{where}: {a.shape}, expected {b.shape}"
        finite = np.abs(b[np.isfinite(b)]) if b.dtype.kind in "fiu" else b
        scale = float(finite.mean()) if finite.size else 0.0
        np.testing.assert_allclose(
            a, b, rtol=rtol, atol=max(atol, rtol * scale), err_msg=where
        )


def _compiled(case: Case, k: Any) -> Any:
    model = k.Sequential(case.layers(k))
    model.compile(
        loss=_one(case.loss, k),
        optimizer=_one(case.optimizer, k),
        **_of(case.compile, k),
    )
    return model


def _one(value: Any, k: Any) -> Any:
    return value(k) if callable(value) else value


def _of(arguments: Any, k: Any) -> dict[str, Any]:
    return dict(_one(arguments, k) or {})
