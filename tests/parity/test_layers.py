"""Layers beside Keras's: in trained models, of arrays, and what they refuse.

Noise differs in its numbers: it is compared where it is none, and by what it shares.
"""

import numpy as np
import pytest

from parity.harness import Case, assert_same_training, both, raise_alike

rng = np.random.default_rng(11)
X = rng.normal(size=(6, 3, 4)).astype("float32")
FLAT = X.reshape(6, 12)
DEEP = rng.normal(size=(2, 3, 2, 5)).astype("float32")


# Uncompiled, Keras loses a penalty on outputs now and then: it tells them apart by
# their addresses, which are used again.
COMPILED = {"jit_compile": True}


def in_a_model(*layers, shape=(3, 4), units=2, compile=None):
    """A stack with a dense layer before and behind what is tested."""
    return Case(
        lambda k: [
            k.Input(shape),
            k.layers.Dense(4, activation="tanh"),
            *(layer(k) for layer in layers),
            k.layers.Dense(units),
        ],
        optimizer=lambda k: k.optimizers.SGD(0.05),
        compile=compile,
    )


# ---- shapes

RESHAPING = {
    "identity": lambda k: k.layers.Identity(),
    "flatten": lambda k: k.layers.Flatten(),
    "flatten, last": lambda k: k.layers.Flatten("channels_last"),
    "flatten, first": lambda k: k.layers.Flatten(data_format="channels_first"),
    "reshape": lambda k: k.layers.Reshape((2, 6)),
    "reshape, what is left": lambda k: k.layers.Reshape((2, -1, 3)),
    "reshape, one axis": lambda k: k.layers.Reshape((-1,)),
    "permute": lambda k: k.layers.Permute((2, 1)),
    "permute, nothing": lambda k: k.layers.Permute((1, 2)),
}


@pytest.mark.parametrize("name", RESHAPING)
def test_reshaping(name):
    layer = RESHAPING[name]
    both(lambda k: layer(k)(X))
    both(lambda k: layer(k).compute_output_shape((None, 3, 4)))
    assert_same_training(in_a_model(layer))


def test_reshaping_in_a_row():
    """Shapes whose rows are padded to whole lines, and such whose rows are not."""
    for width in (4, 16):
        assert_same_training(
            in_a_model(
                lambda k: k.layers.Dense(2 * width),  # noqa: B023
                lambda k: k.layers.Reshape((2, 3, width)),  # noqa: B023
                lambda k: k.layers.Permute((3, 1, 2)),
                lambda k: k.layers.Activation("tanh"),
                lambda k: k.layers.Reshape((-1, width)),  # noqa: B023
                lambda k: k.layers.Flatten(),
            )
        )


@pytest.mark.parametrize("n", [1, 3])
def test_repeat_vector(n):
    both(lambda k: k.layers.RepeatVector(n)(FLAT))
    both(lambda k: k.layers.RepeatVector(n).compute_output_shape((None, 12)))
    assert_same_training(in_a_model(lambda k: k.layers.RepeatVector(n), shape=(5,)))


def test_shapes_of_more_axes():
    both(lambda k: k.layers.Permute((3, 1, 2))(DEEP))
    both(lambda k: k.layers.Flatten("channels_first")(DEEP))
    both(lambda k: k.layers.Reshape((5, -1))(DEEP))
    both(lambda k: k.layers.Flatten().compute_output_shape((None, None, 3)))
    both(lambda k: k.layers.Reshape((-1, 2)).compute_output_shape((None, 4, 4)))


# ---- noise

NOISE = {
    "dropout": lambda k, **more: k.layers.Dropout(0.5, seed=1, **more),
    "alpha": lambda k, **more: k.layers.AlphaDropout(0.5, seed=1, **more),
    "gaussian dropout": lambda k: k.layers.GaussianDropout(0.5, seed=1),
    "gaussian noise": lambda k: k.layers.GaussianNoise(0.5, seed=1),
}
NONE = {
    "dropout": lambda k: k.layers.Dropout(0),
    "all dropped": lambda k: k.layers.Dropout(1.0),
    "alpha": lambda k: k.layers.AlphaDropout(0.0),
    "gaussian dropout": lambda k: k.layers.GaussianDropout(0.0),
    "gaussian noise": lambda k: k.layers.GaussianNoise(0.0),
}


@pytest.mark.parametrize("name", NOISE)
def test_noise_is_for_training(name):
    both(lambda k: NOISE[name](k)(X))
    both(lambda k: NOISE[name](k)(X, training=False))
    both(lambda k: NOISE[name](k).compute_output_shape((None, 3, 4)))


@pytest.mark.parametrize("name", NONE)
def test_no_noise(name):
    both(lambda k: NONE[name](k)(X, training=True))
    assert_same_training(in_a_model(NONE[name]))


@pytest.mark.parametrize("name", NOISE)
def test_noise_has_the_same_distribution(name):
    x = np.full((500, 400), 0.8, "float32")

    def moments(k):
        noisy = np.asarray(NOISE[name](k)(x, training=True), "float64")
        return [noisy.mean(), noisy.std(), (noisy**4).mean()]

    both(moments, rtol=0.02)


@pytest.mark.parametrize("name", ["dropout", "alpha"])
def test_values_of_what_is_dropped_and_kept(name):
    both(lambda k: np.unique(np.asarray(NOISE[name](k)(X * 0 + 1.5, training=True))))


SHARED = [(None, 1, None), (6, 1, 50), (1, 40, 50), (1, 1, 1), (None, None, 1)]
SHARED += [[40, 1], (50,)]


@pytest.mark.parametrize("noise_shape", SHARED)
@pytest.mark.parametrize("name", ["dropout", "alpha"])
def test_noise_shape(name, noise_shape):
    """Which elements share a draw: the numbers themselves are the generators'."""

    def shared(k):
        layer = NOISE[name](k, noise_shape=noise_shape)
        noisy = np.asarray(layer(np.ones((6, 40, 50), "float32"), training=True))
        return [bool((np.diff(noisy, axis=axis) == 0).all()) for axis in (0, 1, 2)]

    both(shared)


REFUSED = [
    lambda k: k.layers.Dropout(-0.1),
    lambda k: k.layers.Dropout(1.5),
    lambda k: k.layers.Dropout(0.5, noise_shape="12"),
    lambda k: k.layers.Dropout(0.5, noise_shape=3),
    lambda k: k.layers.Dropout(0.5, noise_shape=(None, 0)),
    lambda k: k.layers.Dropout(0.5, noise_shape=(None, 1.5)),
    lambda k: k.layers.Dropout(0.5, seed="a"),
    lambda k: k.layers.Dropout(0.5, noise_shape=(None, 2, 4))(X, training=True),
    lambda k: k.layers.AlphaDropout(-0.1),
    lambda k: k.layers.GaussianDropout(2),
    lambda k: k.layers.GaussianNoise(-1.0),
    lambda k: k.layers.GaussianNoise(1.5),
    lambda k: k.layers.Flatten("first"),
    lambda k: k.layers.Reshape((-1, -1)),
    lambda k: k.layers.Reshape((5, 3))(X),
    lambda k: k.layers.Reshape((5, -1))(X),
    lambda k: k.layers.Permute((0, 1)),
    lambda k: k.layers.Permute((1, 1)),
    lambda k: k.layers.Permute((2, 1))(FLAT),
    lambda k: k.layers.RepeatVector(0),
    lambda k: k.layers.RepeatVector(1.5),
    lambda k: k.layers.RepeatVector("2"),
    lambda k: k.layers.RepeatVector(2)(X),
    lambda k: k.layers.ActivityRegularization(l1="a"),
    lambda k: k.layers.Dense(2, activity_regularizer="l3"),
]


@pytest.mark.parametrize("case", range(len(REFUSED)))
def test_refused(case):
    raise_alike(REFUSED[case])


# ---- penalties on outputs

PENALTIES = {
    "l1": lambda k: "l1",
    "l2": lambda k: k.regularizers.L2(0.05),
    "l1_l2": lambda k: k.regularizers.L1L2(0.02, 0.03),
    "orthogonal": lambda k: k.regularizers.OrthogonalRegularizer(0.05),
    "none": lambda k: None,
}


@pytest.mark.parametrize("name", PENALTIES)
def test_activity_regularizer(name):
    penalty = PENALTIES[name]
    # where a penalty has a kink, rounding decides
    smooth = penalty if name in ("l2", "none") else PENALTIES["none"]
    assert_same_training(
        Case(
            lambda k: [
                k.Input((6,)),
                k.layers.Dense(
                    5, activation="sigmoid", activity_regularizer=penalty(k)
                ),
                k.layers.Dense(4, activity_regularizer=smooth(k)),
                k.layers.Activation("tanh"),
                k.layers.Dense(2, activity_regularizer=smooth(k)),
            ],
            optimizer=lambda k: k.optimizers.SGD(0.05),
            fit={"batch_size": 9},
            compile=COMPILED,
        )
    )


def test_activity_regularizer_of_several_axes_and_other_layers():
    assert_same_training(
        in_a_model(
            lambda k: k.layers.Activation("sigmoid", activity_regularizer="l2"),
            lambda k: k.layers.Permute((2, 1), activity_regularizer="l1"),
            lambda k: k.layers.ActivityRegularization(l1=0.01, l2=0.02),
            lambda k: k.layers.Flatten(activity_regularizer="l2"),
            compile=COMPILED,
        )
    )


def test_activity_regularization_first_and_last():
    penalty = lambda k: k.layers.ActivityRegularization(l1=0.01, l2=0.02)  # noqa: E731
    assert_same_training(
        Case(
            lambda k: [k.Input((6,)), penalty(k), k.layers.Dense(2), penalty(k)],
            compile=COMPILED,
        )
    )
    assert_same_training(
        Case(
            lambda k: [
                k.Input((6,)),
                k.layers.Dense(3, activation="softmax", activity_regularizer="l2"),
            ],
            loss="categorical_crossentropy",
            targets="one_hot",
            compile=COMPILED,
        )
    )


def test_activity_losses_of_an_array():
    def losses(k):
        layer = k.layers.ActivityRegularization(l1=0.2, l2=0.3)
        layer(X)
        return [float(loss) for loss in layer.losses]

    both(losses)


@pytest.mark.parametrize("shape", [(5,), (3, 4), (2, 3, 4)])
def test_dense_of_several_axes(shape):
    assert_same_training(
        Case(
            lambda k: [
                k.Input(shape),
                k.layers.Dense(6, activation="relu", kernel_regularizer="l2"),
                k.layers.Dense(3, use_bias=False),
            ]
        )
    )
