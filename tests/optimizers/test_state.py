"""What optimizers remember: across chunks, interruptions, changes of the network."""

import numpy as np
import pytest
from golden_settings import SETTINGS

import fastnn
from fastnn import optimizers
from fastnn.callbacks import BackupAndRestore, Callback, LambdaCallback
from fastnn.layers import Dense

CHANGING = {
    "accumulation": {"gradient_accumulation_steps": 3},
    "averages": {"use_ema": True, "ema_momentum": 0.9, "ema_overwrite_frequency": 4},
    "clipping": {"global_clipnorm": 0.1, "weight_decay": 0.1},
    "loss scale": {"loss_scale_factor": 3.0},
}


def made(name):
    if name in CHANGING:
        schedule = optimizers.schedules.CosineDecay(0.1, 200)
        return optimizers.Adam(schedule, **CHANGING[name])
    if name == "dynamic":
        inner = optimizers.Adam(0.01, gradient_accumulation_steps=2)
        return optimizers.LossScaleOptimizer(inner, dynamic_growth_steps=3)
    if name == "several":
        found = {".*/bias": optimizers.SGD(0.1, momentum=0.5)}
        default = optimizers.Nadam(0.01, use_ema=True)
        return optimizers.MultiOptimizer(optimizers.OptimizerMap(default, found))
    cls, settings = SETTINGS[name]
    return getattr(optimizers, cls)(**settings)


NAMES = [*SETTINGS, *CHANGING, "dynamic", "several"]


def model_with(optimizer, **settings):
    fastnn.utils.set_random_seed(2)
    model = fastnn.Sequential([fastnn.Input((3,)), Dense(4, "tanh"), Dense(2)])
    model.compile(optimizer, "mse", **settings)
    return model


def bits(model):
    kept = [v.numpy() for v in (*model.weights, *model.optimizer.variables)]
    return [array.tobytes() for array in kept]


X = np.random.default_rng(8).normal(size=(40, 3)).astype("float32")
FIT = {"batch_size": 4, "epochs": 2, "verbose": 0}


@pytest.mark.parametrize("name", NAMES)
def test_chunks_do_not_count(name):
    """Ten steps at a time, or Python after each of them."""
    results = []
    for watched in (False, True):
        model = model_with(made(name))
        watch = LambdaCallback(on_train_batch_end=lambda batch, logs: None)
        callbacks = [watch] if watched else []
        model.fit(X, X[:, :2], callbacks=callbacks, **FIT)
        results.append(bits(model))
    assert results[0] == results[1]


class Killed(Callback):
    def on_train_batch_end(self, batch, logs=None):
        if batch == 6:
            raise KeyboardInterrupt


@pytest.mark.parametrize("name", NAMES)
def test_an_interrupted_training_goes_on_bit_for_bit(name, tmp_path):
    whole = model_with(made(name))
    whole.fit(X, X[:, :2], **FIT)
    backup = BackupAndRestore(tmp_path, save_freq=5)
    with pytest.raises(KeyboardInterrupt):
        model_with(made(name)).fit(X, X[:, :2], callbacks=[backup, Killed()], **FIT)
    again = model_with(made(name))
    again.fit(X, X[:, :2], callbacks=[BackupAndRestore(tmp_path, save_freq=5)], **FIT)
    assert bits(again) == bits(whole)


@pytest.mark.parametrize("name", ["adam", "several", "accumulation", "averages"])
def test_layers_that_are_frozen_for_a_while(name):
    model = model_with(made(name))
    first = model.layers[0]
    model.fit(X, X[:, :2], **FIT)
    first.trainable = False
    before = first.kernel.numpy()
    model.fit(X, X[:, :2], **FIT)
    assert np.array_equal(first.kernel.value, before)
    first.trainable = True
    model.fit(X, X[:, :2], **FIT)
    assert not np.array_equal(first.kernel.value, before)
    assert model.optimizer.steps_taken == 60


def test_a_layer_that_was_frozen_at_first():
    model = model_with(optimizers.Adam())
    model.layers[0].trainable = False
    model.fit(X, X[:, :2], **FIT)
    assert len(model.optimizer.variables) == 2 + 4
    model.layers[0].trainable = True
    model.fit(X, X[:, :2], **FIT)
    assert len(model.optimizer.variables) == 2 + 8


def test_steps_without_anything_to_train_count():
    model = model_with(optimizers.Adam())
    model.trainable = False
    model.fit(X, X[:, :2], **FIT)
    assert model.optimizer.steps_taken == 20


@pytest.mark.parametrize("name", ["loss scale", "dynamic", "several", "averages"])
def test_steps_in_python_are_the_same(name):
    class Mine(fastnn.Sequential):
        def train_step(self, data):
            x, y = data
            loss, gradients = self.compute_gradients(x, y)
            scaled = [self.optimizer.scale_loss(g) for g in gradients]
            self.optimizer.apply(scaled, self.trainable_weights)
            self.loss_tracker.update_state(loss, sample_weight=len(x))
            return self.get_metrics_result()

    results = []
    for cls in (fastnn.Sequential, Mine):
        fastnn.utils.set_random_seed(2)
        model = cls([fastnn.Input((3,)), Dense(4, "tanh"), Dense(2)])
        model.compile(made(name), "mse")
        model.fit(X, X[:, :2], shuffle=False, **FIT)
        results.append(model.get_weights())
    for ours, theirs in zip(*results, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)
