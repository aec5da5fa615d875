"""A user's own layer: what is checked between it and the engine."""

from types import SimpleNamespace

import numpy as np
import pytest
from public_objects import FakeBuilder

from fastnn import layers
from fastnn.layers import python_layer

X = np.arange(6, dtype=np.float32).reshape(2, 3)


class Scale(layers.Layer):
    def build(self, input_shape):
        self.factor = self.add_weight((input_shape[-1],), "ones", name="factor")
        self.steps = self.add_weight((), "zeros", name="steps", trainable=False)

    def call(self, inputs, training=False):
        return inputs * self.factor.value + (100 if training else 0)

    def backward(self, inputs, outputs, gradients):
        dfactor = (inputs * gradients).sum(axis=0)
        return gradients * self.factor.value, {"factor": dfactor}


class Forward(layers.Layer):
    def call(self, inputs):
        return np.concatenate([inputs, inputs], axis=1)


@pytest.fixture
def scale():
    layer = Scale(name="scale")
    layer.build((None, 3))
    layer.factor.assign([1, 2, 3])
    return layer


def lower(layer):
    builder = FakeBuilder()
    layer.lower(builder, SimpleNamespace(shape=(3,)))
    return builder.ops


def test_lowering_finds_the_shape():
    layer = Forward()
    ((kind, _, shape),) = lower(layer)
    assert (kind, shape) == ("python_layer", (6,))


def test_gradients_need_backward(scale):
    python_layer.check_differentiable(scale)
    with pytest.raises(NotImplementedError, match=r"'forward' to override `backward"):
        python_layer.check_differentiable(Forward(name="forward"))


def test_a_layer_without_call_is_refused():
    class Empty(layers.Layer):
        pass

    with pytest.raises(NotImplementedError, match="override `call"):
        lower(Empty())


def test_layers_beside_a_backward_are_refused():
    layer = Scale(name="outer")
    layer.inner = layers.Dense(3)
    with pytest.raises(ValueError, match=r"'outer'.*\['"):
        lower(layer)


def test_a_call_below_a_built_in_layer_replaces_it():
    class Doubled(layers.Dense):
        def call(self, inputs):
            return 2 * inputs @ self.kernel.value

        def compute_output_shape(self, input_shape):
            return (None, self.units)

    layer = Doubled(4)
    layer.build((None, 3))
    ((kind, outputs, shape),) = lower(layer)
    assert (kind, shape) == ("python_layer", (4,))
    np.testing.assert_array_equal(outputs, layer.call(np.ones((2, 3))))


def test_training_is_passed_to_those_that_take_it(scale):
    forward = python_layer.forward
    assert forward(scale, X, (3,), training=True).min() >= 100
    assert np.array_equal(forward(scale, X, (3,), training=False), X * [1, 2, 3])
    assert forward(Forward(), X, (6,), training=True).shape == (2, 6)


def test_outputs_are_cast_and_checked(scale):
    assert python_layer.forward(scale, X, (3,), training=False).dtype == np.float32
    with pytest.raises(ValueError, match=r"'scale' to return shape \(2, 4\)"):
        python_layer.forward(scale, X, (4,), training=False)


def test_gradients_come_by_name(scale):
    dinputs, by_name = python_layer.backward(scale, X, X, np.ones_like(X))
    assert np.array_equal(dinputs, [[1, 2, 3]] * 2)
    assert list(by_name) == ["factor"]
    assert by_name["factor"].tolist() == [3, 5, 7]


def test_a_frozen_layer_gives_no_gradients_of_weights(scale):
    scale.trainable = False
    _, by_name = python_layer.backward(scale, X, X, np.ones_like(X))
    assert by_name == {}


@pytest.mark.parametrize(
    ("result", "said"),
    [
        (X, r"for each of \['factor'\]"),
        ((X, {}), r"Received: \[\]"),
        ((X, {"factor": np.ones(3), "other": np.ones(3)}), "other"),
        ((X, {"factor": np.ones(2)}), r"weight 'factor'.*shape=\(2,\)"),
        ((X[:1], {"factor": np.ones(3)}), r"shape=\(1, 3\)"),
    ],
)
def test_wrong_gradients_are_refused(scale, result, said):
    scale.backward = lambda inputs, outputs, gradients: result
    with pytest.raises(ValueError, match=said):
        python_layer.backward(scale, X, X, X)


@pytest.mark.parametrize("outputs", [np.zeros(()), np.zeros((2, 3))])
def test_a_row_must_give_a_row(outputs):
    class Odd(layers.Layer):
        def call(self, inputs):
            return outputs

    with pytest.raises(ValueError, match="one row for one row"):
        Odd().compute_output_shape((None, 3))


def test_unknown_sizes_are_refused():
    with pytest.raises(ValueError, match="known sizes"):
        Forward().compute_output_shape((None, None, 3))
