"""Weights in files: what is replaced, and what does not fit."""

import numpy as np
import pytest

from fastnn.layers import BatchNormalization, Dense, Input
from fastnn.models import Sequential


def net(*units):
    layers = [Dense(n, "relu", bias_initializer="ones", name=f"d{n}") for n in units]
    model = Sequential([Input((3,)), layers[0], BatchNormalization(name="norm")])
    for layer in layers[1:]:
        model.add(layer)
    return model


def same(layer, other):
    pairs = zip(layer.get_weights(), other.get_weights(), strict=True)
    return all(np.array_equal(a, b) for a, b in pairs)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a.weights.npz"


def test_a_file_is_replaced_unless_it_is_to_stay(path):
    model = net(4, 2)
    model.save_weights(path)
    before = path.read_bytes()
    other = net(4, 2)
    with pytest.raises(FileExistsError, match=r"Received: .*a\.weights\.npz"):
        other.save_weights(path, overwrite=False)
    assert path.read_bytes() == before
    other.save_weights(path)
    assert path.read_bytes() != before
    path.unlink()
    model.save_weights(path, overwrite=False)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("units", "stays"),
    [
        ((4, 2), []),
        ((4, 5), ["d5"]),
        ((5, 2), ["d5", "norm", "d2"]),
        ((4, 2, 6), ["d6"]),
        ((4,), []),
    ],
)
def test_layers_that_do_not_fit_stay(units, stays, path):
    kept, model = net(4, 2), net(*units)
    kept.save_weights(path)
    before = {layer.name: layer.get_weights() for layer in model.layers}
    if stays:
        with pytest.raises(ValueError, match="Received: "):
            model.load_weights(path)
        with pytest.warns(UserWarning) as warned:
            model.load_weights(path, skip_mismatch=True)
        assert str(stays) in str(warned[0].message)
    else:
        model.load_weights(path, skip_mismatch=True)
    for i, layer in enumerate(model.layers):
        if layer.name in stays:
            pairs = zip(layer.get_weights(), before[layer.name], strict=True)
            assert all(np.array_equal(now, then) for now, then in pairs)
        else:
            assert same(layer, kept.layers[i])
