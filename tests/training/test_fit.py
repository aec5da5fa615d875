"""What the arguments of `fit` do."""

import numpy as np
import pytest
from twins import batches, random_weights, twins

from fastnn._core import engine
from fastnn.callbacks import Callback, LambdaCallback
from fastnn.layers import Dense, Input
from fastnn.models import Sequential
from fastnn.optimizers import SGD, Adam
from fastnn.utils import set_random_seed

ROWS, BATCH = 23, 8


@pytest.fixture
def problem(rng):
    x = rng.normal(size=(ROWS, 4))
    return x, np.tanh(x[:, :2] + x[:, 2:])


@pytest.fixture
def pair(rng):
    """(model, reference) with the same weights."""
    weights = random_weights(rng, 4, 6, 2)
    return twins(weights, ("tanh", "linear"), "mean_squared_error", "adam")


def assert_same_weights(model, twin):
    for ours, theirs in zip(model.get_weights(), twin.parameters, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-9)


def differ(one, other):
    return not np.array_equal(one, other)


class Epochs(Callback):
    """Keeps what the hooks are told."""

    def __init__(self):
        self.begun, self.logs, self.batches = [], [], []

    def on_epoch_begin(self, epoch, logs=None):
        self.begun.append(epoch)

    def on_epoch_end(self, epoch, logs=None):
        self.logs.append(dict(logs))

    def on_train_batch_end(self, batch, logs=None):
        self.batches.append((batch, logs["loss"]))


def test_called_again_it_goes_on(pair, problem):
    model, twin = pair
    for _ in range(3):
        model.fit(*problem, BATCH, epochs=1, shuffle=False, verbose=0)
    twin.fit(*problem, [batches(ROWS, BATCH)] * 3)
    assert_same_weights(model, twin)
    assert model.optimizer.iterations == 9


def test_compiled_again_the_optimizer_starts_anew(pair, problem):
    model, _ = pair
    model.fit(*problem, BATCH, verbose=0)
    model.compile(Adam(0.01), "mse")
    assert model.optimizer.iterations == 0
    start = model.get_weights()
    model.fit(*problem, BATCH, shuffle=False, verbose=0)
    one = model.get_weights()
    model.set_weights(start)
    model.compile(Adam(0.01), "mse")
    model.fit(*problem, BATCH, shuffle=False, verbose=0)
    for ours, theirs in zip(model.get_weights(), one, strict=True):
        assert np.array_equal(ours, theirs)


def test_steps_per_epoch_goes_on_where_the_last_epoch_stopped(pair, problem):
    model, twin = pair
    with pytest.warns(UserWarning, match=r"expected 2 for training. Received: 1\."):
        history = model.fit(
            *problem, BATCH, epochs=3, steps_per_epoch=2, shuffle=False, verbose=0
        ).history
    one = batches(ROWS, BATCH)
    expected = twin.fit(*problem, [one[:2], one[2:], one[:2]])
    losses = [epoch["loss"] for epoch in expected]
    np.testing.assert_allclose(history["loss"], losses, rtol=1e-9)
    assert_same_weights(model, twin)


def test_more_steps_than_batches(pair, problem):
    model, twin = pair
    with pytest.warns(UserWarning, match=r"expected 5 for training. Received: 3\."):
        model.fit(
            *problem, BATCH, epochs=2, steps_per_epoch=5, shuffle=False, verbose=0
        )
    twin.fit(*problem, [batches(ROWS, BATCH)] * 2)
    assert_same_weights(model, twin)


def test_as_many_steps_as_batches_each_epoch_is_a_pass(pair, problem):
    model, twin = pair
    model.fit(*problem, BATCH, epochs=2, steps_per_epoch=3, shuffle=False, verbose=0)
    twin.fit(*problem, [batches(ROWS, BATCH)] * 2)
    assert_same_weights(model, twin)


def test_without_a_batch_size_the_steps_say_how_large_batches_are(pair, problem):
    model, twin = pair
    model.fit(*problem, steps_per_epoch=4, shuffle=False, verbose=0)
    twin.fit(*problem, [batches(ROWS, 6)])  # ceil(23 / 4)
    assert_same_weights(model, twin)


def test_initial_epoch(pair, problem):
    model, _ = pair
    seen = Epochs()
    history = model.fit(
        *problem, epochs=5, initial_epoch=3, callbacks=[seen], verbose=0
    )
    assert seen.begun == history.epoch == [3, 4]
    assert len(history.history["loss"]) == 2
    for nothing in ({"epochs": 2, "initial_epoch": 2}, {"epochs": 0}):
        history = model.fit(*problem, **nothing, verbose=0)
        assert history.epoch == []
        assert history.history == {}


@pytest.mark.parametrize(
    ("freq", "validated"),
    [(1, [0, 1, 2, 3]), (2, [1, 3]), (9, []), ([1, 4], [0, 3]), ({2}, [1])],
)
def test_validation_freq(pair, problem, freq, validated):
    model, _ = pair
    seen = Epochs()
    model.fit(
        *problem,
        epochs=4,
        validation_split=0.25,
        validation_freq=freq,
        callbacks=[seen],
        verbose=0,
    )
    assert [i for i, logs in enumerate(seen.logs) if "val_loss" in logs] == validated


def test_validation_split_takes_the_last_rows_before_shuffling(pair, problem):
    model, _ = pair
    x, y = problem
    cut = 17  # floor(23 * 0.75)
    history = model.fit(x, y, BATCH, validation_split=0.25, verbose=0).history
    expected = model.evaluate(x[cut:], y[cut:], BATCH, verbose=0)
    assert history["val_loss"] == [expected]


def test_split_training_sees_the_first_rows_only(pair, problem):
    model, twin = pair
    x, y = problem
    model.fit(x, y, BATCH, validation_split=0.25, shuffle=False, verbose=0)
    twin.fit(x, y, [batches(17, BATCH)])
    assert_same_weights(model, twin)


def test_validation_with_weights_and_batches_of_its_own(pair, problem, rng):
    model, _ = pair
    x, y = problem
    weight = rng.uniform(0, 2, ROWS)
    history = model.fit(
        x,
        y,
        validation_data=(x[::-1], y[::-1], weight),
        validation_batch_size=5,
        validation_steps=2,
        verbose=0,
    ).history
    expected = model.evaluate(
        x[::-1], y[::-1], batch_size=5, steps=2, sample_weight=weight, verbose=0
    )
    assert history["val_loss"] == [expected]


def test_sample_weight_is_split_with_the_rows(pair, problem, rng):
    model, twin = pair
    x, y = problem
    weight = rng.uniform(0, 2, ROWS)
    history = model.fit(
        x, y, BATCH, sample_weight=weight, validation_split=0.25, shuffle=False,
        verbose=0,
    ).history  # fmt: skip
    twin.fit(x, y, [batches(17, BATCH)], weight)
    assert_same_weights(model, twin)
    expected = model.evaluate(
        x[17:], y[17:], BATCH, sample_weight=weight[17:], verbose=0
    )
    assert history["val_loss"] == [expected]


def test_a_batch_larger_than_the_data_is_the_full_batch(pair, problem):
    model, twin = pair
    model.fit(*problem, batch_size=10_000, epochs=3, verbose=0, shuffle=False)
    twin.fit(*problem, [[np.arange(ROWS)]] * 3)
    assert_same_weights(model, twin)
    assert model.optimizer.iterations == 3


def test_batch_hooks_hear_of_every_batch(pair, problem):
    model, twin = pair
    seen = Epochs()
    model.fit(*problem, BATCH, epochs=2, shuffle=False, callbacks=[seen], verbose=0)
    assert [batch for batch, _ in seen.batches] == [0, 1, 2] * 2
    for epoch in range(2):
        total = rows = 0
        for i, batch in enumerate(batches(ROWS, BATCH)):
            loss, _ = twin.train_on_batch(problem[0][batch], problem[1][batch])
            total, rows = total + loss * len(batch), rows + len(batch)
            running = seen.batches[3 * epoch + i][1]
            assert running == pytest.approx(total / rows, rel=1e-9)
        assert seen.logs[epoch]["loss"] == pytest.approx(total / rows, rel=1e-9)


def test_stop_training_ends_after_the_epoch(pair, problem):
    model, _ = pair

    class Stop(Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.stop_training = epoch == 1

    history = model.fit(*problem, epochs=9, callbacks=[Stop()], verbose=0)
    assert history.epoch == [0, 1]
    history = model.fit(*problem, epochs=2, verbose=0)
    assert history.epoch == [0, 1]  # it is forgotten


def test_frozen_layers_do_not_change(problem):
    model = Sequential([Input((4,)), Dense(5, "relu"), Dense(6, "tanh"), Dense(2)])
    model.compile(Adam(0.05), "mse")
    model.layers[1].trainable = False
    before = model.get_weights()
    model.fit(*problem, epochs=2, verbose=0)
    changed = [*map(differ, model.get_weights(), before)]
    assert changed == [True, True, False, False, True, True]
    model.layers[1].trainable = True  # takes effect at the next call
    model.layers[0].trainable = False
    before = model.get_weights()
    model.fit(*problem, epochs=2, verbose=0)
    changed = [*map(differ, model.get_weights(), before)]
    assert changed == [False, False, True, True, True, True]


def test_a_frozen_model_is_evaluated_and_left_alone(problem):
    model = Sequential([Input((4,)), Dense(2)], trainable=False)
    model.compile("adam", "mse")
    before = model.get_weights()
    loss = model.evaluate(*problem, verbose=0)
    history = model.fit(*problem, epochs=2, verbose=0).history
    assert history["loss"] == pytest.approx([loss, loss])
    for ours, theirs in zip(model.get_weights(), before, strict=True):
        assert np.array_equal(ours, theirs)


def test_settings_of_the_optimizer_may_change_in_between(pair, problem):
    model, twin = pair

    def halve(epoch, logs=None):
        model.optimizer.learning_rate /= 2

    model.fit(
        *problem, BATCH, epochs=3, shuffle=False, verbose=0,
        callbacks=[LambdaCallback(on_epoch_end=halve)],
    )  # fmt: skip
    for epoch in range(3):
        twin.optimizer.scalars = (0.001 / 2**epoch, 0.9, 0.999, 1e-7)
        twin.fit(*problem, [batches(ROWS, BATCH)])
    assert_same_weights(model, twin)
    assert model.optimizer.learning_rate == 0.001 / 8


def test_a_new_slot_begins_when_momentum_is_switched_on(problem):
    set_random_seed(4)
    model = Sequential([Input((4,)), Dense(2)])
    model.compile(SGD(0.01), "mse")
    model.fit(*problem, verbose=0)
    model.optimizer.momentum = 0.9
    model.fit(*problem, epochs=3, verbose=0)
    (blocks,) = model.optimizer.slot_values.values()
    assert all(np.abs(block).max() > 0 for block in blocks.values())


@pytest.mark.parametrize("kind", engine.SOURCE_TYPES)
def test_data_types_are_converted_as_they_are_read(pair, kind):
    model, _ = pair
    x = np.arange(40).reshape(10, 4) % 7
    y = np.arange(20).reshape(10, 2) % 3
    start = model.get_weights()
    model.fit(x.astype(float), y.astype(float), shuffle=False, verbose=0)
    expected = model.get_weights()
    model.set_weights(start)
    model.compile(Adam(), "mse")
    model.fit(x.astype(kind), y.astype(kind), shuffle=False, verbose=0)
    for ours, theirs in zip(model.get_weights(), expected, strict=True):
        assert np.array_equal(ours, theirs)


def test_the_data_are_left_alone(pair, problem):
    model, _ = pair
    x, y = problem
    kept = x.copy(), y.copy()
    x.flags.writeable = y.flags.writeable = False
    model.fit(x, y, epochs=2, validation_split=0.2, verbose=0)
    model.evaluate(x, y, verbose=0)
    model.predict(x)
    assert np.array_equal(x, kept[0])
    assert np.array_equal(y, kept[1])


@pytest.mark.parametrize("loss", ["mse", lambda t, p: ((t - p) ** 2).mean(axis=-1)])
@pytest.mark.parametrize("given", [0.5, [0.5], {"dense": 0.5}])
def test_a_weight_of_the_loss_scales_it_and_its_gradient(problem, loss, given):
    def trained(rate, weights):
        set_random_seed(3)
        model = Sequential([Input((4,)), Dense(2)])
        model.compile(SGD(rate), loss, loss_weights=weights)
        values = model.fit(*problem, BATCH, shuffle=False, verbose=0).history["loss"]
        return values, model.get_weights()

    half, of_half = trained(0.2, given)
    full, of_full = trained(0.1, None)
    np.testing.assert_allclose(half, np.multiply(full, 0.5), rtol=1e-5)
    for a, b in zip(of_half, of_full, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("wrong", ["x", [1.0, 2.0], [], np.nan, True])
def test_a_weight_of_the_loss_is_one_number(wrong):
    with pytest.raises(ValueError, match="Received: loss_weights="):
        Sequential([Dense(2)]).compile("sgd", "mse", loss_weights=wrong)
