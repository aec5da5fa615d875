"""What layers record, before anything is merged or placed."""

import numpy as np
import pytest

from fastnn import activations
from fastnn.layers import Activation, Dense, Dropout, Flatten, Layer
from fastnn.plan.builder import Builder
from fastnn.plan.tensor import Tensor
from fastnn.variable import padded_width


def recorded(*layers, shape=(5,), training=True):
    """(builder, result) of layers in a row."""
    builder = Builder("float32", training=training)
    x = builder.source(0, shape, "x")
    for layer in layers:
        if not layer.built:
            layer.build((None, *x.shape))
        x = builder.apply(layer, x)
    return builder, x


def kinds(builder):
    return [op.kind for op in builder.ops]


def test_a_dense_layer_is_a_product_and_a_function():
    builder, out = recorded(Dense(3, "relu", name="d"))
    assert kinds(builder) == ["gather", "dense_forward", "elementwise_forward"]
    assert out.shape == (3,)
    product, function = builder.ops[1:]
    assert product.layer == function.layer == "d"
    assert function.function == ("relu", "forward")
    assert function.inputs[0] is product.outputs[0]
    assert product.sizes == (1, 5, 3, 16, 16, 16)


def test_names_carry_the_layer():
    _, out = recorded(Dense(3, "relu", name="d"))
    assert out.name == "d/relu"


def test_dropout_is_recorded_in_training_only():
    builder, _ = recorded(Dense(4), Dropout(0.5, seed=3))
    assert kinds(builder)[-1] == "dropout_forward"
    assert builder.ops[-1].key == 3
    assert builder.ops[-1].outputs[1].dtype == "uint8"
    builder, _ = recorded(Dense(4), Dropout(0.5, seed=3), training=False)
    assert "dropout_forward" not in kinds(builder)


def test_flatten_of_a_row_is_nothing():
    builder, out = recorded(Flatten(), shape=(6,))
    assert out.shape == (6,)
    builder, out = recorded(Flatten(), shape=(2, 3))
    assert out.shape == (6,)
    assert kinds(builder) == ["gather", "reshape"]


def test_what_needs_a_gradient():
    frozen = Dense(4)
    frozen.trainable = False
    builder = Builder("float32", training=True)
    x = builder.source(0, (5,), "x")
    assert not builder.needs_gradient(x)
    tensors = [x]
    for layer in (frozen, Activation("tanh"), Dense(3), Activation("relu")):
        if not layer.built:
            layer.build((None, *tensors[-1].shape))
        tensors.append(builder.apply(layer, tensors[-1]))
    needs = [builder.needs_gradient(tensor) for tensor in tensors]
    assert needs == [False, False, False, True, True]


def test_python_operations_compute_what_the_user_wrote():
    class Twice(Layer):
        def call(self, inputs):
            return 2 * inputs

    @activations.with_derivative(lambda x: 2 * x)
    def square(x):
        return x * x

    builder, _ = recorded(Twice(), Activation(square))
    assert kinds(builder) == ["gather", "python", "python"]
    x = np.arange(10, dtype=np.float32).reshape(2, 5)
    out = np.empty_like(x)
    builder.ops[1].call(out, x)
    np.testing.assert_array_equal(out, 2 * x)
    builder.ops[2].call(out, x)
    np.testing.assert_array_equal(out, x * x)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("shape", [(), (1,), (5,), (3, 7), (2, 3, 17), (256,)])
def test_a_tensor_seen_as_an_array(shape, dtype):
    tensor = Tensor("t", shape, dtype)
    itemsize = np.dtype(dtype).itemsize
    assert tensor.row == padded_width(shape[-1] if shape else 1, itemsize)
    memory = np.zeros(tensor.nbytes(4), np.uint8)
    view = tensor.view(memory, 4)
    assert view.shape == (4, *shape)
    view[...] = 1
    assert np.count_nonzero(memory.view(dtype)) == view.size
    assert np.shares_memory(view, memory)


def test_scratch_does_not_grow_with_the_batch():
    scratch = Tensor("s", (10,), "float32", padded=False, per_sample=False)
    assert scratch.nbytes(1) == scratch.nbytes(1000) == 40
