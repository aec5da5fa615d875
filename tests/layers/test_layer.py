"""The base of all layers: names, weights, shapes, freezing."""

import copy
import gc
import pickle
import weakref

import numpy as np
import pytest
from public_objects import lowered, make, public_classes, row_shape

from fastnn import layers
from fastnn.variable import Variable

CLASSES = [cls for _, cls in public_classes("layers")]
each_class = pytest.mark.parametrize("cls", CLASSES)


class Scale(layers.Layer):
    """A user's layer with one weight."""

    def build(self, input_shape):
        self.factor = self.add_weight((input_shape[-1],), "ones", name="factor")

    def call(self, inputs):
        return inputs * self.factor.value


def built(layer, *shape):
    layer.build((None, *shape))
    return layer


@each_class
def test_declared_shape_is_the_lowered_one(cls):
    if cls is layers.HashedCrossing:
        pytest.skip("takes several inputs, and so is never lowered")
    layer = make(cls)
    row = row_shape(cls)
    shape = layer.compute_output_shape((None, *row))
    ops = lowered(layer, row)
    assert shape[0] is None
    assert shape[1:] == (ops[-1][2] if ops else row)


@each_class
def test_automatic_names_differ(cls):
    first, second = make(cls, name=None), make(cls, name=None)
    assert first.name != second.name
    assert first.name.startswith(second.name.rstrip("0123456789_"))


@pytest.mark.parametrize("name", ["", "a/b", 3])
def test_name_is_a_plain_string(name):
    with pytest.raises(ValueError, match="Received: name="):
        layers.Flatten(name=name)


@pytest.mark.parametrize("trainable", [None, 1, "yes"])
def test_trainable_is_true_or_false(trainable):
    with pytest.raises(ValueError, match="Received: "):
        layers.Flatten(trainable=trainable)


@pytest.mark.parametrize(
    ("arguments", "shape"),
    [
        ({}, None),
        ({"input_dim": 4}, (4,)),
        ({"input_shape": [2, 3]}, (2, 3)),
        ({"input_shape": (4,), "input_dim": 4}, (4,)),
        ({"input_shape": (np.int64(4),)}, (4,)),
    ],
)
def test_declared_input(arguments, shape):
    assert layers.Dense(1, **arguments).input_shape == shape


@pytest.mark.parametrize(
    "arguments",
    [
        {"input_dim": 0},
        {"input_dim": "4"},
        {"input_shape": (None, 3)},
        {"input_shape": 4},
        {"input_shape": (-1,)},
        {"input_shape": (4,), "input_dim": 5},
    ],
)
def test_wrong_declared_input(arguments):
    with pytest.raises(ValueError, match="Received: input_shape="):
        layers.Dense(1, **arguments)


@each_class
def test_building_marks_a_layer_as_built(cls):
    layer = make(cls)
    layer.build((None, 4))
    assert layer.built


def test_a_users_build_needs_no_call_of_its_base():
    layer = Scale()
    assert not layer.built
    layer.build([None, 3])
    assert layer.built
    assert [w.name for w in layer.weights] == ["factor"]


def test_weights_in_the_order_they_were_made():
    layer = built(layers.Dense(3, name="d"), 4)
    assert layer.weights == [layer.kernel, layer.bias]
    assert [w.shape for w in layer.weights] == [(4, 3), (3,)]
    assert layer.count_params() == 15
    assert all(isinstance(w, Variable) for w in layer.weights)


def test_counting_needs_a_built_layer():
    with pytest.raises(ValueError, match="'mine' to be built"):
        make(layers.Dense).count_params()


def test_get_weights_copies_and_set_weights_sets():
    layer = built(layers.Dense(2), 3)
    kernel, bias = layer.get_weights()
    kernel += 1
    assert not np.array_equal(kernel, layer.kernel)
    layer.set_weights([kernel, [5, 6]])
    assert np.array_equal(kernel, layer.kernel)
    assert layer.bias.numpy().tolist() == [5, 6]
    assert np.array_equal(bias, [0, 0])


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        ([np.ones((3, 2))], "Received: 1"),
        ([np.ones((3, 2)), np.ones(3)], "'bias'.*Received: shape"),
    ],
)
def test_set_weights_sets_all_or_none(weights, said):
    layer = built(layers.Dense(2), 3)
    before = layer.get_weights()
    with pytest.raises(ValueError, match=said):
        layer.set_weights(weights)
    assert all(map(np.array_equal, layer.get_weights(), before))


def test_freezing_moves_weights():
    layer = built(layers.Dense(2), 3)
    layer.add_weight((1,), "zeros", name="counter", trainable=False)
    assert len(layer.trainable_weights) == 2
    assert [w.name for w in layer.non_trainable_weights] == ["counter"]
    layer.trainable = False
    assert layer.trainable_weights == []
    assert layer.non_trainable_weights == layer.weights


def test_add_weight_checks_name_and_shape():
    layer = layers.Layer()
    layer.add_weight((2,), name="w")
    with pytest.raises(ValueError, match="name='w' twice"):
        layer.add_weight((2,), name="w")
    with pytest.raises(ValueError, match=r"Received: shape=\(3,\)"):
        layer.add_weight((2,), lambda shape, dtype=None: np.zeros(3), name="v")
    assert layer.add_weight().shape == ()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_weights_have_the_layers_dtype(dtype):
    layer = built(layers.Dense(2, dtype=dtype), 3)
    assert {w.dtype for w in layer.weights} == {dtype}


@pytest.mark.parametrize(
    "duplicate", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))]
)
def test_copies_have_their_own_weights(duplicate):
    layer = built(layers.Dense(2), 3)
    other = duplicate(layer)
    assert other.weights[0] is other.kernel
    assert all(map(np.array_equal, other.get_weights(), layer.get_weights()))
    other.kernel.assign(np.zeros((3, 2)))
    assert layer.kernel.numpy().any()


def test_nothing_keeps_a_layer_alive():
    layer = built(layers.Dense(2), 3)
    gone = weakref.ref(layer)
    del layer
    gc.collect()
    assert gone() is None


def test_repr_says_what_it_is():
    assert repr(layers.Dense(1, name="d")) == "<Dense name=d, built=False>"


def test_a_list_of_weights_counts_each_once():
    class Pair(layers.Layer):
        def build(self, input_shape):
            self.both = [self.add_weight((), "zeros", name=name) for name in "ab"]

    layer = Pair()
    layer.build((None, 3))
    assert [weight.name for weight in layer.weights] == ["a", "b"]
    assert len(layer.trainable_weights) == len(layer.variables) == 2
