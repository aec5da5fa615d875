"""Updates outside a model: what may be passed in, what happens in which order, what is
remembered."""

import copy
import pickle

import numpy as np
import pytest

import fastnn
from fastnn import Variable, optimizers


def variable(value=(1.0, 2.0), **settings):
    return Variable(np.array(value, "float32"), **settings)


def test_arrays_like_and_the_number_of_steps():
    w, optimizer = variable(), optimizers.SGD(0.5)
    assert optimizer.apply_gradients([([1, -1], w)]) == 1
    optimizer.apply([np.array([2.0, 0.0])])
    assert w.numpy().tolist() == [-0.5, 2.5]
    assert optimizer.iterations == 2 == optimizer.steps_taken


def test_nothing_happens_without_gradients():
    optimizer = optimizers.SGD()
    optimizer.apply([], [variable()])
    assert not optimizer.built
    assert optimizer.iterations == 0


def test_a_gradient_that_is_none_leaves_its_variable_and_says_so():
    first, second = variable(name="first"), variable(name="second")
    with pytest.warns(UserWarning, match=r"Received: None for \['second'\]") as caught:
        optimizers.SGD(1.0).apply([[1, 1], None], [first, second])
    assert caught[0].filename == __file__
    assert second.numpy().tolist() == [1, 2]
    assert first.numpy().tolist() == [0, 1]


@pytest.mark.parametrize(
    ("gradient", "error", "said"),
    [
        ([1.0], ValueError, r"shape \(2,\).*Received: shape=\(1,\)"),
        (["a", "b"], TypeError, "Received: dtype=<U1"),
        ([1j, 2j], TypeError, "Received: dtype=complex128"),
    ],
)
def test_gradients_that_do_not_fit(gradient, error, said):
    w = variable()
    with pytest.raises(error, match=said):
        optimizers.SGD().apply([gradient], [w])
    assert w.numpy().tolist() == [1, 2]


def test_variables_that_it_cannot_train():
    with pytest.raises(TypeError, match="Received: array"):
        optimizers.SGD().build([np.ones(2)])
    with pytest.raises(ValueError, match="of int32"):
        optimizers.SGD().build([Variable([1, 2], dtype="int32")])
    pair = [variable(), Variable([1.0], dtype="float64")]
    with pytest.raises(ValueError, match=r"Received: \['float32', 'float64'\]"):
        optimizers.SGD().apply([[1, 1], [1]], pair)


def test_the_order_of_what_happens_to_a_gradient():
    """12 / 4 = 3; (3 + 1) / 2 = 2; clipped to 1.5; the weight decays, then moves."""
    w = variable([2.0])
    optimizer = optimizers.SGD(
        0.5, clipvalue=1.5, weight_decay=0.25, loss_scale_factor=4.0,
        gradient_accumulation_steps=2,
    )  # fmt: skip
    optimizer.apply([[4.0]], [w])
    assert w.numpy() == 2.0
    optimizer.apply([[12.0]])
    assert w.numpy() == 2.0 - 2.0 * 0.25 * 0.5 - 0.5 * 1.5
    assert optimizer.iterations == 1
    assert optimizer.steps_taken == 2


def test_constraints_come_last_and_averages_before():
    w = variable([1.0], constraint=lambda value: np.maximum(value, 0))
    optimizer = optimizers.SGD(1.0, use_ema=True, ema_momentum=0.5)
    optimizer.apply([[3.0]], [w])
    assert w.numpy() == 0
    assert optimizer.slot("average", w) == -2


def test_averages_become_the_weights():
    w = variable([1.0])
    optimizer = optimizers.SGD(1.0, use_ema=True, ema_momentum=0.5)
    for _ in range(2):
        optimizer.apply([[1.0]], [w])
    assert w.numpy() == -1
    optimizer.finalize_variable_values([w])
    assert w.numpy() == -0.5


def test_the_global_norm_is_that_of_all_gradients():
    pair = [variable([0.0]), variable([0.0])]
    optimizers.SGD(1.0, global_clipnorm=1.0).apply([[3.0], [4.0]], pair)
    np.testing.assert_allclose([w.numpy()[0] for w in pair], [-0.6, -0.8], rtol=1e-6)
    pair = [variable([0.0]), variable([0.0])]
    optimizers.SGD(1.0, clipnorm=1.0).apply([[3.0], [0.5]], pair)
    assert [w.numpy()[0] for w in pair] == [-1, -0.5]


@pytest.mark.parametrize("argument", ["clipnorm", "global_clipnorm", "clipvalue"])
def test_clipping_does_not_hide_what_is_not_a_number(argument):
    w = variable()
    optimizers.SGD(**{argument: 1.0}).apply([[np.nan, 1.0]], [w])
    assert np.isnan(w.numpy()[0])


def test_settings_that_change_later_count():
    w, optimizer = variable([0.0]), optimizers.SGD(1.0)
    optimizer.apply([[4.0]], [w])
    optimizer.clipvalue = 1.0
    optimizer.apply([[4.0]])
    optimizer.clipvalue = None
    optimizer.learning_rate = 0.5
    optimizer.apply([[4.0]])
    assert w.numpy() == -4 - 1 - 2


def test_a_learning_rate_is_a_variable_that_can_be_assigned():
    w, optimizer = variable([0.0]), optimizers.SGD(1.0)
    optimizer.learning_rate.assign(0.25)
    optimizer.apply([[1.0]], [w])
    assert w.numpy() == -0.25
    assert optimizer.get_config()["learning_rate"] == 0.25
    optimizer.learning_rate = lambda: 0.75
    assert optimizer.learning_rate == 0.75
    assert len(optimizer.variables) == 1
    optimizer.apply([[1.0]])
    assert w.numpy() == -1


@pytest.mark.parametrize("wrong", [-1.0, "0.1", None, np.nan])
def test_a_function_that_returns_no_learning_rate(wrong):
    optimizer = optimizers.SGD(lambda: wrong)
    with pytest.raises(ValueError, match="Received: learning_rate="):
        optimizer.apply([[1.0]], [variable([0.0])])


@pytest.mark.parametrize("cls", ["Adam", "Nadam", "Adafactor", "Muon", "Ftrl"])
@pytest.mark.parametrize(
    "duplicate", [copy.deepcopy, lambda obj: pickle.loads(pickle.dumps(obj))]
)
def test_a_copy_goes_on_alike(cls, duplicate):
    rng = np.random.default_rng(1)
    pair = [Variable(rng.normal(size=(3, 4))), Variable(rng.normal(size=3))]
    optimizer = getattr(optimizers, cls)(
        0.1, use_ema=True, gradient_accumulation_steps=2
    )
    grads = [[w.value * step for w in pair] for step in (1, 2, 3, 4)]
    for step in range(2):
        optimizer.apply(grads[step], pair)
    again, others = duplicate((optimizer, pair))
    for step in (2, 3):
        optimizer.apply(grads[step], pair)
        again.apply(grads[step], others)
    all_ours, all_theirs = (*pair, *optimizer.variables), (*others, *again.variables)
    for ours, theirs in zip(all_ours, all_theirs, strict=True):
        assert ours.numpy().tobytes() == theirs.numpy().tobytes()
    again.learning_rate = 0.0
    assert optimizer.learning_rate == 0.1


def test_weights_as_arrays():
    w, optimizer = variable(), optimizers.Adam()
    optimizer.apply([[1.0, 2.0]], [w])
    store, again = {}, optimizers.Adam()
    optimizer.save_own_variables(store)
    again.build([variable()])
    again.load_own_variables(store)
    for ours, theirs in zip(again.variables, optimizer.variables, strict=True):
        assert np.array_equal(ours, theirs)
    with pytest.warns(UserWarning, match=r"Expected 4 variables.*Received: 1"):
        again.load_own_variables({"0": 1})


def test_names_are_keras_names():
    w = variable(name="kernel")
    optimizer = optimizers.Adam(name="mine", use_ema=True)
    optimizer.build([w])
    assert [v.path for v in optimizer.variables] == [
        "mine/iteration",
        "mine/learning_rate",
        "mine/kernel_average",
        "mine/kernel_momentum",
        "mine/kernel_velocity",
    ]


class HeavyBall(optimizers.Optimizer):
    """A rule in Python, as SGD with momentum."""

    def __init__(self, learning_rate=0.01, momentum=0.9, **common):
        super().__init__(learning_rate, **common)
        self.momentum = momentum
        self.seen = []

    def build(self, variables):
        super().build(variables)
        self.balls = self.add_optimizer_variables(variables, "ball")

    def update_step(self, gradient, variable, learning_rate):
        self.seen.append(int(self.iterations))
        ball = self.balls[self._get_variable_index(variable)]
        self.assign(ball, self.momentum * ball - learning_rate * gradient)
        self.assign_add(variable, ball)


@pytest.mark.parametrize(
    "common",
    [{}, {"clipnorm": 0.1}, {"weight_decay": 0.5}, {"gradient_accumulation_steps": 2}],
    ids=str,
)
def test_a_rule_of_ones_own(common, rng):
    x = rng.normal(size=(40, 3)).astype("float32")
    results = []
    for cls in (HeavyBall, optimizers.SGD):
        fastnn.utils.set_random_seed(3)
        model = fastnn.Sequential([fastnn.Input((3,)), fastnn.layers.Dense(2)])
        schedule = optimizers.schedules.ExponentialDecay(0.1, 2, 0.5)
        optimizer = cls(schedule, momentum=0.9, **common)
        model.compile(optimizer, "mse")
        model.fit(x, x[:, :2], batch_size=10, epochs=2, verbose=0)
        results.append(model.get_weights())
        assert optimizer.steps_taken == 8
    for ours, theirs in zip(*results, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)


def test_a_rule_of_ones_own_sees_the_number_of_updates():
    optimizer = HeavyBall()
    for _ in range(3):
        optimizer.apply([[1.0]], [variable([1.0])] if not optimizer.built else None)
    assert optimizer.seen == [0, 1, 2]


def test_an_optimizer_without_a_rule():
    with pytest.raises(NotImplementedError, match="Received: Optimizer"):
        optimizers.Optimizer(0.1).apply([[1.0]], [variable([1.0])])
