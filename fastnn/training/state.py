"""All that a training goes on from, as named arrays."""

from __future__ import annotations

import json
import random as python_random
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from fastnn.plan.arena import adopt
from fastnn.random import SeedGenerator
from fastnn.random.seeds import position, set_position

if TYPE_CHECKING:
    from fastnn.models.model import Model

__all__ = ["restore_state", "state_of"]

_ABOUT = "about"  # the array that holds, as JSON, all that is no array
Arrays = list[tuple[str, np.ndarray]]


def state_of(model: Model, epoch: int, step: int) -> Arrays:
    """The state of the training that is under way.

    Args:
        model: The model in training.
        epoch: The epoch to go on with, from 0.
        step: Steps of it that are done.
    """
    training = model._training
    assert training is not None  # asked for from within `fit`
    feed = training.feed
    about = {
        "epoch": epoch,
        "step": step,
        "feed": [feed.passes, feed.position, feed.seed],
        "keys": [layer.key for layer in _keyed(model)],
        "random": position(),
        "python_random": python_random.getstate(),
    }
    numpy_random: Any = np.random.get_state()
    about["numpy_random"] = [numpy_random[0], *map(float, numpy_random[2:])]
    text = json.dumps(about).encode()
    return [
        (_ABOUT, np.frombuffer(text, np.uint8)),
        ("numpy_random", numpy_random[1]),
        *((name, np.array(array)) for name, array in _arrays(model)),
    ]


def restore_state(model: Model, arrays: Arrays) -> None:
    """Puts model, optimizer, data and random numbers where `state_of` found them, or
    leaves all as it is.

    Raises:
        ValueError: If the state is of another model.
    """
    training = model._training
    assert training is not None  # asked for from within `fit`
    found = dict(arrays)
    own, keyed = list(_arrays(model)), _keyed(model)
    expected = _kinds(own)
    received = _kinds((n, a) for n, a in arrays if n not in (_ABOUT, "numpy_random"))
    about: Any = {"keys": []}
    if _ABOUT in found:
        about = json.loads(found[_ABOUT].tobytes())
    differing = sorted(dict(expected.items() ^ received.items()))
    if len(about["keys"]) != len(keyed):
        differing.insert(0, "the number of random layers")
    if differing or _ABOUT not in found:
        raise ValueError(
            f"Expected the state of a training of {model!r} with this optimizer. "
            f"Received: one that differs in {differing[:5]}"
        )
    for name, array in own:
        array[...] = found[name]
    # by their order, as names count up within a process
    for layer, key in zip(keyed, about["keys"], strict=True):
        layer.key = key
    training.feed.go_to(*about["feed"])
    training.resume(about["epoch"], about["step"])
    set_position(*about["random"])
    version, internal, gauss = about["python_random"]
    python_random.setstate((version, tuple(internal), gauss))
    name, pos, has_gauss, cached = about["numpy_random"]
    np.random.set_state((name, found["numpy_random"], int(pos), int(has_gauss), cached))


def _kinds(arrays: Iterable[tuple[str, np.ndarray]]) -> dict[str, Any]:
    """{name: (shape, type)}"""
    return {name: (array.shape, array.dtype.name) for name, array in arrays}


def _arrays(model: Model) -> Iterator[tuple[str, np.ndarray]]:
    """(name, live array) of all that steps change."""
    optimizer: Any = model.compilation.optimizer
    adopt(model.weights)
    optimizer.prepare(model.trainable_weights)
    for i, weight in enumerate(model.weights):
        yield f"weight/{i}", weight.value
    for i, variable in enumerate(optimizer.variables):
        yield f"optimizer/{i}", variable.value
    for i, generator in enumerate(_generators(model)):
        yield f"seed/{i}", generator.state.value
    for metric in model.metrics:
        for i, variable in enumerate(metric.variables):
            yield f"metric/{metric.name}/{i}", variable.value
    yield "log", model.plans.log


def _keyed(model: Model) -> list[Any]:
    """Layers whose random numbers have a key, which may be of this process alone."""
    layers = model._flatten_layers()
    return [layer for layer in layers if isinstance(vars(layer).get("key"), int)]


def _generators(model: Model) -> Iterator[SeedGenerator]:
    for layer in model._flatten_layers():
        for value in vars(layer).values():
            if isinstance(value, SeedGenerator):
                yield value
