"""Merged operations give what separate ones give, and fewer of them."""

import functools
import itertools

import numpy as np
import pytest

from fastnn import activations, losses, optimizers
from fastnn.activations.activation import Activation as Activation_
from fastnn.layers import Activation, Dense, Dropout, Flatten, Input
from fastnn.models import Sequential
from fastnn.plan.arena import adopt
from fastnn.plan.binding import bind
from fastnn.plan.lowering import lower_prediction, lower_step
from fastnn.plan.update import Update
from fastnn.training.goal import Compilation

ROWWISE = {"glu", "log_softmax", "softmax", "sparsemax"}
FUNCTIONS = [
    name
    for name in activations.__all__
    if isinstance(getattr(activations, name), Activation_) and name not in ROWWISE
]
THRESHOLD = functools.partial(activations.threshold, threshold=0.1, default_value=-0.2)
KEPT = ["gelu", "hard_silu", "mish", "silu", "tanh_shrink", "threshold"]
ROWS = 9


def one_step(model, loss, x, y, *, fuse, dtype, weight=None, training=True):
    """(kinds of operations, log, weights) after a step of gradient descent."""
    compilation = Compilation(optimizers.SGD(0.1), loss, None, None, None)
    compilation.resolve(model.output_shape[1:])
    labels = compilation.loss.target == "labels"
    shape = model.output_shape[1:] if labels else y.shape[1:]
    arenas = adopt(model.weights)
    update = Update(compilation.optimizer, arenas, model.trainable_weights)
    log = np.zeros(4)
    steps = lower_step(
        model.layers,
        model.input_shape[1:],
        dtype,
        compilation.goal(None if weight is None else (), shape),
        update if training else None,
        log,
        threads=1,
        fuse=fuse,
    )
    bound = bind(steps.ops, len(x), dtype)
    bound.program.bind(x, y, weight)
    bound.program.run(len(x), len(x), 0, 1)
    return [op.kind for op in steps.ops], log, model.get_weights()


def compare(model, loss, x, y, dtype="float64", rtol=1e-11, **settings):
    """Runs a step with and without merging; the kinds of operations of both."""
    start = model.get_weights()
    results = []
    for fuse in (True, False):
        model.set_weights(start)
        results.append(one_step(model, loss, x, y, fuse=fuse, dtype=dtype, **settings))
    (fused, log, weights), (separate, other_log, other_weights) = results
    np.testing.assert_allclose(log, other_log, rtol=rtol, atol=rtol)
    for ours, theirs in zip(weights, other_weights, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=rtol, atol=rtol)
    assert any(
        not np.array_equal(a, b) for a, b in zip(weights, start, strict=True)
    ) == settings.get("training", True)
    return fused, separate


def deep(dtype, *functions, last=3):
    layers = [Input((4,))]
    for i, function in enumerate(functions):
        function = THRESHOLD if function == "threshold" else function
        layers.append(Dense(5 + 11 * i, function, dtype=dtype))
    return Sequential([*layers, Dense(last, dtype=dtype)])


FULL = {"swish": "silu", "hard_swish": "hard_silu"}
PAIRS = list(itertools.pairwise([*FUNCTIONS, "relu"]))


@pytest.mark.parametrize(("first", "second"), PAIRS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_functions_within_products(first, second, dtype, rng):
    model = deep(dtype, first, second)
    x, y = rng.normal(size=(ROWS, 4)), rng.normal(size=(ROWS, 3))
    rtol = 1e-11 if dtype == "float64" else 1e-5
    fused, separate = compare(model, "mse", x, y, dtype, rtol)
    assert separate.count("elementwise_forward") == 3
    alone = sum(FULL.get(name, name) in KEPT for name in (first, second))
    assert fused.count("elementwise_forward") == alone
    assert "elementwise_backward" not in fused
    assert len(fused) < len(separate)


@pytest.mark.parametrize("function", KEPT)
def test_nothing_stays_alone_where_nothing_is_differentiated(function, rng):
    model = deep("float64", function)
    x, y = rng.normal(size=(ROWS, 4)), rng.normal(size=(ROWS, 3))
    fused, separate = compare(model, "mse", x, y, training=False)
    assert "elementwise_forward" in separate
    assert "elementwise_forward" not in fused


LOGITS = [
    ("sigmoid", "binary_crossentropy", "values"),
    ("softmax", "categorical_crossentropy", "one hot"),
    ("softmax", "sparse_categorical_crossentropy", "labels"),
]


def targets(kind, rng):
    if kind == "labels":
        return rng.integers(0, 3, ROWS).astype(np.int32)
    if kind == "one hot":
        return np.eye(3)[rng.integers(0, 3, ROWS)]
    return rng.random((ROWS, 3))


@pytest.mark.parametrize(("function", "loss", "kind"), LOGITS)
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("training", [False, True])
def test_losses_on_logits(function, loss, kind, weighted, training, rng):
    model = deep("float64", "tanh")
    model.add(Activation(function))
    x, y = rng.normal(size=(ROWS, 4)), targets(kind, rng)
    weight = rng.uniform(0.5, 2, ROWS) if weighted else None
    fused, separate = compare(
        model, loss, x, y, rtol=1e-9, weight=weight, training=training
    )
    assert loss in separate
    assert loss not in fused
    assert f"{function}_{loss}" in fused


def test_a_function_that_is_used_twice_stays(rng):
    """Softmax before an activation is no softmax before a loss."""
    model = deep("float64", "relu")
    model.add(Activation("softmax"))
    model.add(Activation("tanh"))
    x, y = rng.normal(size=(ROWS, 4)), targets("one hot", rng)
    fused, _ = compare(model, "mse", x, y)
    assert "softmax_forward" in fused


def test_a_loss_of_a_matching_name_with_other_functions(rng):
    model = deep("float64", "relu")
    model.add(Activation("sigmoid"))
    x, y = rng.normal(size=(ROWS, 4)), targets("one hot", rng)
    fused, _ = compare(model, "categorical_crossentropy", x, y, rtol=1e-9)
    assert "categorical_crossentropy" in fused


def test_logits_given_as_such(rng):
    model = deep("float64", "relu")
    loss = losses.CategoricalCrossentropy(from_logits=True)
    x, y = rng.normal(size=(ROWS, 4)), targets("one hot", rng)
    fused, separate = compare(model, loss, x, y)
    assert "softmax_categorical_crossentropy" in fused
    assert "softmax_categorical_crossentropy" in separate


def test_rows_are_gathered_into_their_new_shape(rng):
    model = Sequential([Input((2, 3)), Flatten(), Dense(3, dtype="float64")])
    x, y = rng.normal(size=(ROWS, 2, 3)), rng.normal(size=(ROWS, 3))
    fused, separate = compare(model, "mse", x, y)
    assert "reshape" in separate
    assert "reshape" not in fused


def test_dropout_between_product_and_function_is_kept(rng):
    model = Sequential([
        Input((4,)),
        Dense(8, dtype="float64"),
        Dropout(0.5, seed=1),
        Activation("relu"),
        Dense(3, dtype="float64"),
    ])  # fmt: skip
    x, y = rng.normal(size=(ROWS, 4)), rng.normal(size=(ROWS, 3))
    fused, separate = compare(model, "mse", x, y)
    assert "dropout_forward" in fused
    assert "elementwise_forward" in fused
    assert fused.count("dropout_backward") == separate.count("dropout_backward") == 1


def test_no_gradient_of_the_first_layer_s_input():
    model = deep("float64", "relu")
    ops, _ = lower_prediction(model.layers, (4,), "float64", training=False)
    assert [op.kind for op in ops] == [
        "gather",
        "dense_forward",
        "dense_forward",
        "scatter",
    ]
    x, y = np.ones((ROWS, 4)), np.ones((ROWS, 3))
    kinds, _, _ = one_step(model, "mse", x, y, fuse=True, dtype="float64")
    assert kinds.count("dense_backward_input") == 1
    assert kinds.count("dense_backward_weight") == 2
    assert kinds.count("sgd_update") == 1


def test_rows_are_fetched_ahead_by_the_first_product_alone():
    model = Sequential([Input((6,)), Dense(5, "relu"), Dense(3)])
    compilation = Compilation(optimizers.SGD(0.1), "mse", None, None, None)
    compilation.resolve((3,))
    update = Update(
        compilation.optimizer, adopt(model.weights), model.trainable_weights
    )
    goal = compilation.goal(None, (3,))
    steps = lower_step(
        model.layers, (6,), "float32", goal, update, np.zeros(4), threads=1
    )
    products = [op for op in steps.ops if op.kind == "dense_backward_weight"]
    assert [op.sizes[6:] for op in products] == [(), (6, 0)]


@pytest.mark.parametrize(
    ("layers", "read"),
    [
        ([Dense(3, "relu"), Dense(2)], True),
        ([Dense(3)], True),
        ([Dropout(0.5), Dense(3)], True),
        ([Activation("relu"), Dense(3)], False),
        ([Flatten()], False),
    ],
)
def test_the_first_product_reads_the_data_where_they_are(layers, read):
    model = Sequential([Input((4,)), *layers])
    model.build()
    ops, _ = lower_prediction(model.layers, (4,), "float32", training=False)
    assert len(ops[0].sizes) == (5 if read else 4)
    assert [len(op.sizes) == 7 for op in ops if op.kind == "dense_forward"][:1] == (
        [read] if any(isinstance(layer, Dense) for layer in layers) else []
    )
