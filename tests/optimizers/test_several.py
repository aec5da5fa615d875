"""Optimizers around others: loss scales that find themselves, and several at a time."""

import pickle

import numpy as np
import pytest

import fastnn
from fastnn import Variable, optimizers
from fastnn.callbacks import SwapEMAWeights
from fastnn.layers import Dense, Dropout


def variable(value=(1.0,), **settings):
    return Variable(np.array(value, "float32"), **settings)


def model_with(optimizer, **settings):
    model = fastnn.Sequential([
        fastnn.Input((3,)), Dense(4, "tanh", name="first", **settings),
        Dense(2, name="second"),
    ])  # fmt: skip
    model.compile(optimizer, "mse")
    return model


def test_a_step_that_is_not_finite_is_left_out():
    w = variable()
    inner = optimizers.SGD(0.5)
    optimizer = optimizers.LossScaleOptimizer(inner, 4.0, dynamic_growth_steps=2)
    scales, weights = [], []
    for gradient in (4.0, np.inf, 2.0, -2.0, np.nan, 1.0):
        optimizer.apply([[gradient]], [w])
        scales.append(float(optimizer.dynamic_scale))
        weights.append(float(w.numpy()[0]))
    assert scales == [4, 2, 2, 4, 2, 2]
    assert weights == [0.5, 0.5, 0, 0.5, 0.5, 0.25]
    assert optimizer.iterations == inner.iterations == 4
    assert optimizer.steps_taken == 6
    assert optimizer.scale_loss(3.0) == 6


def test_it_hands_on_what_belongs_to_the_inner_optimizer():
    inner = optimizers.SGD(0.5, loss_scale_factor=8.0)
    optimizer = optimizers.LossScaleOptimizer(inner)
    assert inner.loss_scale_factor is None
    optimizer.learning_rate = 0.25
    assert inner.learning_rate == 0.25 == optimizer.learning_rate
    optimizer.build([variable()])
    assert optimizer.variables[-2:] == inner.variables
    # as configurations of older versions of Keras have it
    optimizers.LossScaleOptimizer(inner, dynamic=True, ema_momentum=0.99)


def test_a_training_whose_gradients_overflow(rng):
    """The scale comes down from 2^127 before any weight moves."""
    optimizer = optimizers.LossScaleOptimizer(optimizers.SGD(0.1), 2.0**127)
    model = model_with(optimizer)
    x = 10 * rng.normal(size=(64, 3)).astype("float32")
    model.fit(x, x[:, :2], batch_size=8, epochs=4, verbose=0)
    assert optimizer.steps_taken == 32
    assert 0 < optimizer.iterations < 32
    assert all(np.isfinite(w).all() for w in model.get_weights())


@pytest.mark.parametrize(
    "scaled",
    [
        lambda: optimizers.SGD(0.1, loss_scale_factor=1024.0),
        lambda: optimizers.LossScaleOptimizer(optimizers.SGD(0.1)),
        lambda: optimizers.MultiOptimizer(lambda v: optimizers.SGD(0.1), 64.0),
    ],
)
def test_a_scale_that_is_a_power_of_two_changes_no_bit(scaled, rng):
    x = rng.normal(size=(32, 3)).astype("float32")
    results = []
    for make in (lambda: optimizers.SGD(0.1), scaled):
        fastnn.utils.set_random_seed(4)
        model = model_with(make(), kernel_regularizer="l2", activity_regularizer="l1")
        model.fit(x, x[:, :2], batch_size=8, epochs=2, verbose=0)
        results.append(b"".join(w.tobytes() for w in model.get_weights()))
    assert results[0] == results[1]


def test_dropout_goes_on_while_steps_are_left_out(rng):
    """What is dropped depends on the step, not on the chunk that it ran in."""
    x = rng.normal(size=(64, 3)).astype("float32")
    losses = []
    for at_once in (1, 32):
        fastnn.utils.set_random_seed(5)
        model = fastnn.Sequential([fastnn.Input((3,)), Dropout(0.5, seed=1), Dense(2)])
        inner = optimizers.SGD(0.1)
        optimizer = optimizers.LossScaleOptimizer(inner, 2.0**127)
        model.compile(optimizer, "mse", steps_per_execution=at_once)
        watch = fastnn.callbacks.LambdaCallback(on_train_batch_end=lambda b, logs: None)
        fit = {"batch_size": 2, "epochs": 2, "callbacks": [watch], "verbose": 0}
        losses.append(model.fit(x, x[:, :2], **fit).history["loss"])
        assert inner.iterations < 64
    assert losses[0] == losses[1]


def rates():
    found = optimizers.OptimizerMap(optimizers.SGD(0.5))
    found[".*/first/.*"] = optimizers.SGD(0.25)
    found["exact"] = optimizers.SGD(0.125)
    return found


def test_which_optimizer_a_path_gets():
    found = rates()
    assert found["a/first/kernel"].learning_rate == 0.25
    assert found["exact"].learning_rate == 0.125
    assert found["exactly"].learning_rate == 0.5
    assert list(found) == [".*/first/.*", "exact"]
    del found["exact"]
    assert len(found) == 1
    found["a/.*"] = optimizers.SGD(1.0)
    with pytest.raises(ValueError, match="Received:"):
        found["a/first/kernel"]
    with pytest.raises(ValueError, match=r"Received: 'a/\.\*'"):
        found["a/.*"] = optimizers.SGD(1.0)


def test_each_variable_moves_by_its_optimizer():
    pair = [variable(name="exact"), variable(name="other")]
    optimizer = optimizers.MultiOptimizer(rates())
    optimizer.apply([[1.0], [1.0]], pair)
    assert [w.numpy()[0] for w in pair] == [0.875, 0.5]
    assert len(optimizer.optimizers) == 3
    assert optimizer.iterations == 1
    assert [int(o.iterations) for o in optimizer.optimizers] == [0, 1, 1]


def test_a_function_may_make_an_optimizer_for_each_variable(rng):
    optimizer = optimizers.MultiOptimizer(lambda v: optimizers.Adam(0.1, use_ema=True))
    model = model_with(optimizer)
    x = rng.normal(size=(16, 3)).astype("float32")
    model.fit(x, x[:, :2], batch_size=4, verbose=0, callbacks=[SwapEMAWeights()])
    assert len(optimizer.optimizers) == 4
    for member in optimizer.optimizers:
        (weight,) = member._trainable_variables
        assert np.array_equal(weight.value, member.slot("average", weight))


@pytest.mark.parametrize(
    "make",
    [
        lambda: optimizers.MultiOptimizer(rates()),
        lambda: optimizers.LossScaleOptimizer(
            optimizers.MultiOptimizer(optimizers.OptimizerMap(optimizers.Adam()))
        ),
    ],
)
def test_copies_go_on_alike(make, rng):
    model = model_with(make())
    x = rng.normal(size=(16, 3)).astype("float32")
    model.fit(x, x[:, :2], batch_size=4, verbose=0)
    again = pickle.loads(pickle.dumps(model))
    for one in (model, again):
        one.fit(x, x[:, :2], batch_size=4, shuffle=False, verbose=0)
    pairs = zip(model.optimizer.variables, again.optimizer.variables, strict=True)
    assert all(np.array_equal(ours, theirs) for ours, theirs in pairs)
    same = type(model.optimizer).from_config(model.optimizer.get_config())
    assert same.get_config() == model.optimizer.get_config()


def test_what_cannot_be_among_several():
    scaled = optimizers.LossScaleOptimizer(optimizers.SGD())
    for wrong in ("sgd", scaled, optimizers.MultiOptimizer(rates())):
        with pytest.raises(ValueError, match="Received: "):
            rates()["new"] = wrong
        with pytest.raises(ValueError, match="Received: "):
            optimizers.MultiOptimizer(lambda v, w=wrong: w).build([variable()])
    optimizer = optimizers.MultiOptimizer(rates())
    with pytest.raises(AttributeError, match="Received: a MultiOptimizer"):
        _ = optimizer.learning_rate
    with pytest.raises(AttributeError, match=r"learning_rate=0\.1"):
        optimizer.learning_rate = 0.1
