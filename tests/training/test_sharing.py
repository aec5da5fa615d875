"""Threads meet as seldom as they may, and no more seldom: steps are rehearsed with one
thread as far ahead of the others as it can get, and give the bits of one thread."""

import numpy as np
import pytest
from public_objects import make, public_classes

import fastnn
from fastnn import activations, layers, losses, optimizers
from fastnn.constraints import MaxNorm
from fastnn.layers import Dense, Input
from fastnn.models import Sequential
from fastnn.training import plans
from fastnn.training.steps import StepRunner
from fastnn.utils import set_random_seed

ROWS, BATCH, CLASSES = 37, 16, 3
WAYS = [(2, False), (2, True), (3, False), (3, True), (7, True)]
NAMES = sorted(
    {name for name in activations.__all__ if name.islower()}
    - {"deserialize", "get", "serialize", "threshold", "with_derivative"}
)


@pytest.fixture(autouse=True)
def threads_as_before():
    before = fastnn.get_num_threads()
    yield
    fastnn.set_num_threads(before)


class Twice(layers.Layer):
    """A layer in Python."""

    def call(self, inputs):
        return inputs * 2

    def backward(self, grad, inputs, outputs):
        return grad * 2


def shared():
    """One layer, twice."""
    layer = Dense(4, "tanh")
    return [Sequential([layer], name=name) for name in ("once", "again")]


STACKS = {
    "a table": lambda: [Input((20,)), Dense(64, "relu"), Dense(32, "relu")],
    "many inputs": lambda: [Input((300,)), Dense(20, "relu")],
    "many inputs, no bias": lambda: [Input((784,)), Dense(5, "tanh", use_bias=False)],
    "many inputs, many units": lambda: [Input((520,)), Dense(140, "relu"), Dense(9)],
    "large": lambda: [Input((30,)), Dense(300, "relu"), Dense(300, "tanh")],
    "frozen": lambda: [Input((300,)), Dense(20, trainable=False), Dense(6, "relu")],
    "dropout": lambda: [
        Input((300,)), Dense(20, "relu"), layers.Dropout(0.5, seed=1), Dense(7),
        layers.GaussianNoise(0.1, seed=2), layers.GaussianDropout(0.2, seed=3),
        layers.AlphaDropout(0.1, seed=4),
    ],
    "dropout of the rows": lambda: [
        Input((300,)), layers.Dropout(0.5, seed=1), Dense(7, "relu")
    ],
    "dropout, shared noise": lambda: [
        Input((3, 8)), Dense(8), layers.Dropout(0.5, noise_shape=(None, 1, 8), seed=1),
        layers.Flatten(),
    ],
    "batch normalization": lambda: [
        Input((9,)), Dense(20), layers.BatchNormalization(), layers.ReLU(), Dense(5),
    ],
    "normalizations": lambda: [
        Input((8,)), Dense(8), layers.LayerNormalization(), Dense(8),
        layers.RMSNormalization(), Dense(8), layers.GroupNormalization(2), Dense(8),
        layers.UnitNormalization(),
    ],
    "spectral": lambda: [Input((8,)), layers.SpectralNormalization(Dense(6))],
    "slopes": lambda: [Input((8,)), Dense(8), layers.PReLU(), Dense(4),
                       layers.LeakyReLU(), layers.ELU()],
    "gates": lambda: [Input((8,)), Dense(8, "glu"), Dense(4, "softmax"),
                      Dense(4, "log_softmax"), Dense(4, "sparsemax")],
    "a softmax alone": lambda: [Input((8,)), Dense(8), layers.Softmax(), Dense(4)],
    "rows within rows": lambda: [
        Input((3, 8)), Dense(16, "relu"), layers.Permute((2, 1)), Dense(5),
        layers.Reshape((8, 10)), layers.Flatten(),
    ],
    "repeated": lambda: [
        Input((8,)), Dense(4), layers.RepeatVector(3), Dense(2), layers.Flatten()
    ],
    "masked": lambda: [Input((3, 8)), layers.Masking(0.0), Dense(4), layers.Flatten()],
    "used twice": lambda: [Input((4,)), *shared(), Dense(8, "relu")],
    "penalties": lambda: [
        Input((300,)),
        Dense(20, "relu", kernel_regularizer="l1_l2", bias_regularizer="l2",
              activity_regularizer="l2", kernel_constraint=MaxNorm(1.0)),
    ],
    "a layer in Python": lambda: [Input((300,)), Dense(20, "relu"), Twice(), Dense(8)],
    "within another": lambda: [
        Input((300,)), Sequential([Dense(20), Dense(6, "relu")])
    ],
    "bfloat16": lambda: [Input((300,)), Dense(20, "relu", dtype="mixed_bfloat16")],
}  # fmt: skip


def trained(monkeypatch, stack, compiled, way, *, y=None, weights=None, last=None):
    """Everything that a fit changes, on one thread or rehearsed with several."""
    threads, backwards = way
    fastnn.set_num_threads(threads)
    set_random_seed(3)
    model = Sequential([*stack(), Dense(CLASSES, last)])
    model.compile(**compiled())
    rng = np.random.default_rng(5)
    x = rng.normal(size=(ROWS, *model.input_shape[1:]))
    x[::5, :1] = 0
    if y is None:
        y = rng.random((ROWS, CLASSES))
        y /= y.sum(axis=1, keepdims=True)

    def rehearse(runner, first, steps, *, order=None, iteration=0):
        if runner.plan.holder is not runner:
            runner._bind()
        runner.plan.bound.program.rehearse(
            runner.rows, runner.batch_size, first, steps, threads, order=order,
            iteration=iteration, backwards=backwards,
        )  # fmt: skip
        return steps

    with monkeypatch.context() as patch:
        if threads > 1:
            patch.setattr(StepRunner, "run", rehearse)
        history = model.fit(
            x, y, batch_size=BATCH, epochs=2, sample_weight=weights, verbose=0
        ).history
        evaluated = model.evaluate(x, y, batch_size=BATCH, verbose=0)
    state = [v.numpy() for v in (*model.variables, *model.optimizer.variables)]
    return state, [*history.values(), evaluated]


def assert_same_bits(monkeypatch, stack, compiled=None, **data):
    compiled = compiled or (lambda: {"optimizer": "adam", "loss": "mse"})
    state, logs = trained(monkeypatch, stack, compiled, (1, False), **data)
    for way in WAYS:
        received, received_logs = trained(monkeypatch, stack, compiled, way, **data)
        for ours, theirs in zip(received, state, strict=True):
            assert ours.tobytes() == theirs.tobytes(), way
        assert str(received_logs) == str(logs)  # nan, too


@pytest.mark.filterwarnings("ignore:The layer 'flatten.*masking")
@pytest.mark.parametrize("name", STACKS)
def test_layers(name, monkeypatch):
    assert_same_bits(monkeypatch, STACKS[name])


@pytest.mark.parametrize("name", NAMES)
def test_activations(name, monkeypatch):
    stack = lambda: [Input((18,)), Dense(8, name), Dense(4, name)]  # noqa: E731
    assert_same_bits(monkeypatch, stack)


SMALL = STACKS["many inputs"]
LABELS = np.random.default_rng(9).integers(0, CLASSES, ROWS)
WEIGHTS = np.random.default_rng(9).random(ROWS)


def compiled_with(loss=losses.MeanSquaredError, **settings):
    return lambda: {"optimizer": "adam", "loss": loss(), **settings}


@pytest.mark.parametrize("last", [None, "sigmoid", "softmax"])
@pytest.mark.parametrize("cls", [cls for _, cls in public_classes("losses")])
def test_losses(cls, last, monkeypatch):
    kind = getattr(make(cls), "target", "values")
    if last is None and cls in (
        losses.Poisson,
        losses.CategoricalGeneralizedCrossEntropy,
    ):  # a logarithm of what may be negative
        last = "softplus"
    for weights in (None, WEIGHTS):
        assert_same_bits(
            monkeypatch, SMALL, compiled_with(lambda: make(cls)), last=last,
            y=None if kind == "values" else LABELS, weights=weights,
        )  # fmt: skip


@pytest.mark.parametrize(
    "cls",
    [
        losses.BinaryCrossentropy,
        losses.BinaryFocalCrossentropy,
        losses.CategoricalCrossentropy,
        losses.CategoricalFocalCrossentropy,
    ],
)
def test_losses_of_logits(cls, monkeypatch):
    compiled = compiled_with(lambda: cls(from_logits=True))
    assert_same_bits(monkeypatch, SMALL, compiled, weights=WEIGHTS)


def test_a_mean_over_weights(monkeypatch):
    reduced = lambda: losses.MeanSquaredError("mean_with_sample_weight")  # noqa: E731
    assert_same_bits(monkeypatch, SMALL, compiled_with(reduced), weights=WEIGHTS)


def test_a_loss_in_python(monkeypatch):
    def loss(y_true, y_pred):
        return np.mean((y_true - y_pred) ** 2, axis=-1)

    assert_same_bits(monkeypatch, SMALL, compiled_with(lambda: loss))


def test_labels_to_ignore(monkeypatch):
    loss = lambda: losses.SparseCategoricalCrossentropy(ignore_class=1)  # noqa: E731
    for last in (None, "softmax"):
        assert_same_bits(monkeypatch, SMALL, compiled_with(loss), y=LABELS, last=last)


@pytest.mark.filterwarnings("ignore:Expected integers as weights of a metric")
@pytest.mark.parametrize(
    "cls",
    [c for _, c in public_classes("metrics") if c.__name__ not in ("Mean", "Sum")],
)
def test_metrics(cls, monkeypatch):
    sparse = cls.__name__.startswith("Sparse")
    own_weights = cls.__name__ not in ("BinaryIoU", "IoU", "MeanIoU")
    loss = losses.CategoricalCrossentropy
    if sparse:
        loss = losses.SparseCategoricalCrossentropy
    assert_same_bits(
        monkeypatch, SMALL,
        lambda: {
            "optimizer": "sgd", "loss": loss(), "metrics": [make(cls)],
            "weighted_metrics": [make(cls)] if own_weights else [],
        },
        y=LABELS if sparse else np.eye(CLASSES)[LABELS], weights=WEIGHTS,
        last="softmax",
    )  # fmt: skip


FURTHER = {
    "momentum": lambda: optimizers.SGD(0.1, 0.9, nesterov=True),
    "centered": lambda: optimizers.RMSprop(centered=True, momentum=0.5),
    "maximum": lambda: optimizers.Adam(amsgrad=True, weight_decay=0.01),
    "clipped by norm": lambda: optimizers.Adam(clipnorm=0.01),
    "clipped together": lambda: optimizers.Adam(global_clipnorm=0.01),
    "clipped by value": lambda: optimizers.Adam(clipvalue=0.001),
    "averaged": lambda: optimizers.Adam(use_ema=True, ema_overwrite_frequency=2),
    "gathered": lambda: optimizers.Adam(gradient_accumulation_steps=2),
    "scaled": lambda: optimizers.LossScaleOptimizer(optimizers.Adam(), 64.0),
    "overflowing": lambda: optimizers.LossScaleOptimizer(
        optimizers.Adam(), 1e38, dynamic_growth_steps=2
    ),
    "on a schedule": lambda: optimizers.Adam(
        optimizers.schedules.ExponentialDecay(0.01, 2, 0.5)
    ),
}


@pytest.mark.filterwarnings("ignore:the loss is nan")
def test_a_step_that_goes_on_without_a_finite_loss(monkeypatch):
    """What threads did before they knew of it is not done twice."""
    monkeypatch.setattr(plans, "_WORTH_A_TRIAL", 1)
    monkeypatch.setattr(plans, "_WORTH_A_THREAD", 1)
    rng = np.random.default_rng(5)
    x, y = rng.normal(size=(64, 20)), rng.normal(size=(64, CLASSES))
    y[3, 0] = np.nan
    weights = []
    for threads in (1, 2, 3):
        fastnn.set_num_threads(threads)
        set_random_seed(3)
        model = Sequential([Input((20,)), Dense(CLASSES)])
        model.compile(optimizers.SGD(0.01, loss_scale_factor=64.0), "mse")
        model.fit(x, y, batch_size=64, epochs=1, verbose=0)
        assert model.plans._steps[True].threads_for(64) == threads
        weights.append([w[..., 1:] for w in model.get_weights()])
    for received in weights[1:]:
        for ours, theirs in zip(received, weights[0], strict=True):
            assert np.isfinite(theirs).all()
            assert ours.tobytes() == theirs.tobytes()


@pytest.mark.parametrize("cls", [cls for _, cls in public_classes("optimizers")])
def test_optimizers(cls, monkeypatch):
    for stack in ("many inputs", "large"):
        compiled = lambda: {"optimizer": make(cls), "loss": "mse"}  # noqa: E731
        assert_same_bits(monkeypatch, STACKS[stack], compiled)


@pytest.mark.parametrize("name", FURTHER)
def test_settings_of_optimizers(name, monkeypatch):
    compiled = lambda: {"optimizer": FURTHER[name](), "loss": "mse"}  # noqa: E731
    assert_same_bits(monkeypatch, SMALL, compiled)
