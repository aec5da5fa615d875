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
    lambda k: k.layers.Dense(2.5),
    lambda k: built_dense(k, kernel_constraint="non_neg").enable_lora(2),
    lambda k: k.layers.Dense(3).enable_lora(2),
    lambda k: built_dense(k, lora_rank=2).enable_lora(2),
    lambda k: k.layers.Embedding(0, 3),
    lambda k: k.layers.Embedding(3, 1.5),
    lambda k: k.layers.Embedding(3, True),
    lambda k: k.layers.Embedding(3, 2, weights=np.ones((2, 2))),
    lambda k: k.layers.Lambda(5),
    lambda k: lambda_again(k, lambda x: x),
    lambda k: k.Input(),
    lambda k: k.Input((3,), batch_shape=(None, 3)),
    lambda k: k.Input(batch_size=3, batch_shape=(None, 3)),
    lambda k: k.layers.InputLayer((3,), ragged=True),
    lambda k: k.layers.InputLayer((3,), input_tensor=5),
    lambda k: k.layers.InputLayer((3,), dtype="no type"),
]


def built_dense(k, **arguments):
    layer = k.layers.Dense(3, **arguments)
    layer.build((None, 4))
    return layer


def lambda_again(k, function):
    layer = k.layers.Lambda(function)
    return k.layers.Lambda.from_config(layer.get_config())


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
        )
    )


def test_activity_regularizer_of_several_axes_and_other_layers():
    assert_same_training(
        in_a_model(
            lambda k: k.layers.Activation("sigmoid", activity_regularizer="l2"),
            lambda k: k.layers.Permute((2, 1), activity_regularizer="l1"),
            lambda k: k.layers.ActivityRegularization(l1=0.01, l2=0.02),
            lambda k: k.layers.Flatten(activity_regularizer="l2"),
        )
    )


def test_activity_regularization_first_and_last():
    penalty = lambda k: k.layers.ActivityRegularization(l1=0.01, l2=0.02)  # noqa: E731
    assert_same_training(
        Case(
            lambda k: [k.Input((6,)), penalty(k), k.layers.Dense(2), penalty(k)],
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
        )
    )


def test_activity_losses_of_an_array():
    def losses(k):
        layer = k.layers.ActivityRegularization(l1=0.2, l2=0.3)
        layer(X)
        return [float(loss) for loss in layer.losses]

    both(losses)


@pytest.mark.parametrize("shape", [(3, 4), (2, 3, 4)])
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


# ---- tables

IDS = np.random.default_rng(5).integers(0, 7, (48, 5))
Y = np.random.default_rng(6).normal(size=(48, 2)).astype("float32")
EMBEDDINGS = {
    "plain": {},
    "regularized": {"embeddings_regularizer": "l2"},
    "constrained": {"embeddings_constraint": "unit_norm"},
    "penalized": {"activity_regularizer": "l2"},
    "initialized": {"embeddings_initializer": "ones"},
    "given": {"weights": np.arange(21).reshape(7, 3) / 21},
    "given in a list": {"weights": [np.arange(21).reshape(7, 3) / 21]},
    "low rank": {"lora_rank": 2},
}


@pytest.mark.parametrize("name", EMBEDDINGS)
def test_embedding(name):
    assert_same_training(
        Case(
            lambda k: [
                k.Input((5,), dtype="int32"),
                k.layers.Embedding(7, 3, **EMBEDDINGS[name]),
                k.layers.Flatten(),
                k.layers.Dense(2),
            ],
            x=IDS,
            y=Y,
        )
    )


def test_embedding_of_arrays():
    weights = np.arange(21).reshape(7, 3)

    def layer(k, **more):
        return k.layers.Embedding(7, 3, weights=weights, **more)

    both(lambda k: layer(k)(IDS))
    both(lambda k: layer(k)(IDS[0].astype("float32")))
    both(lambda k: layer(k)(np.zeros((2, 1, 2), "uint8")))
    both(lambda k: layer(k).compute_output_shape((None, 5)))
    both(lambda k: layer(k, mask_zero=True).compute_mask(IDS))
    both(lambda k: layer(k).compute_mask(IDS))
    both(lambda k: [layer(k).supports_masking, layer(k, mask_zero=True).mask_zero])


# ---- low rank


def adapted(k, **arguments):
    """A layer with an adaptation that is not zero."""
    layer = built_dense(k, kernel_initializer="ones")
    layer.enable_lora(2, **arguments)
    a, b = np.arange(8).reshape(4, 2) / 9, np.arange(6).reshape(2, 3) / 7 - 0.3
    layer.lora_kernel_a.assign(a)
    layer.lora_kernel_b.assign(b)
    return layer


@pytest.mark.parametrize("arguments", [{}, {"lora_alpha": 5}])
def test_low_rank(arguments):
    both(lambda k: adapted(k, **arguments)(X))
    both(lambda k: np.asarray(adapted(k, **arguments).kernel))
    both(lambda k: [w.name for w in adapted(k).weights])
    both(lambda k: [w.name for w in adapted(k).trainable_weights])
    both(lambda k: [adapted(k, **arguments).lora_alpha, adapted(k).lora_rank])


def test_low_rank_in_training():
    assert_same_training(
        in_a_model(
            lambda k: k.layers.Dense(5, lora_rank=2, kernel_regularizer="l2"),
            lambda k: k.layers.Dense(3, use_bias=False, lora_rank=1),
        )
    )


# ---- masks
# Without metrics: on JAX, Keras loses the mask on its way to the metrics of training.

STEPS = np.random.default_rng(8).normal(size=(48, 6, 4)).astype("float32")
STEPS[np.random.default_rng(9).uniform(size=(48, 6)) < 0.4] = 0.5
TARGETS = np.random.default_rng(10).normal(size=(48, 6, 2)).astype("float32")


def masked(*layers, **more):
    return Case(
        lambda k: [
            k.Input((6, 4)),
            k.layers.Masking(0.5),
            *(layer(k) for layer in layers),
        ],
        **{"x": STEPS, "y": TARGETS, **more},
    )


def test_masking_of_arrays():
    both(lambda k: k.layers.Masking(0.5)(STEPS))
    both(lambda k: k.layers.Masking(mask_value=0.5).compute_mask(STEPS))
    both(lambda k: k.layers.Masking().compute_output_shape((None, 3, 4)))


def test_mask_reaches_the_loss():
    hidden = lambda k: k.layers.Dense(5, activation="tanh")  # noqa: E731
    assert_same_training(
        masked(
            hidden,
            lambda k: k.layers.Dropout(0.0),
            lambda k: k.layers.Identity(),
            lambda k: k.layers.LayerNormalization(),
            lambda k: k.layers.Dense(2, activity_regularizer="l2"),
            fit={"sample_weight": np.linspace(0.5, 2, 288).reshape(48, 6)},
        )
    )


def test_mask_ends_where_it_is_not_supported():
    assert_same_training(
        masked(
            lambda k: k.layers.Flatten(),
            lambda k: k.layers.Dense(2),
            y=Y,
        )
    )


@pytest.mark.parametrize("reduction", ["sum", "mean_with_sample_weight"])
def test_mask_and_reductions(reduction):
    assert_same_training(
        masked(
            lambda k: k.layers.Dense(2),
            loss=lambda k: k.losses.MeanSquaredError(reduction=reduction),
            optimizer=lambda k: k.optimizers.SGD(0.001),
        )
    )


def test_mask_of_an_embedding():
    labels = np.random.default_rng(12).integers(0, 3, (48, 5))
    assert_same_training(
        Case(
            lambda k: [
                k.Input((5,), dtype="int32"),
                k.layers.Embedding(7, 3, mask_zero=True),
                k.layers.BatchNormalization(momentum=0.9),
                k.layers.Dense(3, activation="softmax"),
            ],
            loss="sparse_categorical_crossentropy",
            x=IDS,
            y=labels,
        )
    )


# ---- functions


def shifted(x, by=1.0):
    return x + by


def test_lambda():
    both(lambda k: k.layers.Lambda(shifted)(X))
    both(lambda k: k.layers.Lambda(shifted, arguments={"by": 2.0})(X))
    both(lambda k: k.layers.Lambda(lambda x: x[:, :2], output_shape=(2, 4))(X))
    both(lambda k: k.layers.Lambda(lambda x, training=None: x * (2 if training else 3))(
        X, training=True
    ))  # fmt: skip
    both(lambda k: k.layers.Lambda(shifted).compute_output_shape((None, 3)))
    both(lambda k: k.layers.Lambda(shifted, (5,)).compute_output_shape((None, 3)))
    shape = lambda given: (*given[:-1], 9)  # noqa: E731
    both(lambda k: k.layers.Lambda(shifted, shape).compute_output_shape((None, 3)))
    mask = lambda x, previous: x[..., 0] > 0  # noqa: E731
    both(lambda k: np.asarray(k.layers.Lambda(shifted, mask=mask).compute_mask(X)))


def test_lambda_in_training():
    assert_same_training(
        Case(
            lambda k: [
                k.Input((6,)),
                k.layers.Lambda(shifted, arguments={"by": 0.5}),
                k.layers.Dense(4),
                k.layers.Lambda(k.activations.tanh),
                k.layers.Dense(2),
            ]
        )
    )


# ---- inputs


def test_input():
    both(lambda k: k.layers.InputLayer((3, 4)).batch_shape)
    both(lambda k: k.layers.InputLayer((3, 4), batch_size=5).batch_shape)
    both(lambda k: k.layers.InputLayer(batch_shape=(None, 4)).batch_shape)
    both(lambda k: k.layers.InputLayer((3,), dtype="int32", name="a").dtype)
    both(lambda k: [k.layers.InputLayer((3,), name="a").name, k.Input((3,)).dtype])


def test_input_of_integers():
    x = np.random.default_rng(1).normal(size=(48, 5)).astype("float32") * 4
    assert_same_training(
        Case(
            lambda k: [k.Input((5,), dtype="int32"), k.layers.Dense(2)],
            x=x,
            y=Y,
        )
    )
