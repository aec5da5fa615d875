"""Normalizations: in trained models, and called on arrays."""

import numpy as np
import pytest

from parity.harness import Case, assert_same_training, both, data, raise_alike

X = np.random.default_rng(3).normal(2, 3, (6, 3, 4)).astype("float32")


def trained(*layers, shape=(3, 4), units=4):
    """A case in which layers stand between others that are trained."""

    def stack(k):
        inner = [k.Input(shape)]
        for layer in layers:
            inner += [k.layers.Dense(units, activation="tanh"), layer(k)]
        return [*inner, k.layers.Dense(2)]

    return Case(
        stack,
        optimizer=lambda k: k.optimizers.SGD(0.05),
        fit=lambda k: {"validation_split": 0.2},
    )


def values_of(k):
    """Initial values that are none of the usual ones."""
    return {
        f"{name}_initializer": k.initializers.Constant(value)
        for name, value in (
            ("gamma", 0.7), ("beta", 0.2), ("moving_mean", 0.3),
            ("moving_variance", 1.5),
        )
    }  # fmt: skip


def scaling(k):
    """What all layers with a scale and an offset take."""
    return {
        "gamma_initializer": k.initializers.Constant(0.7),
        "beta_initializer": k.initializers.Constant(0.2),
        "gamma_regularizer": k.regularizers.L2(0.1),
        "beta_regularizer": k.regularizers.L1(0.05),
        "gamma_constraint": k.constraints.NonNeg(),
        "beta_constraint": k.constraints.MaxNorm(0.3),
    }


BATCH = {
    "defaults": {},
    "axis 1": {"axis": 1},
    "axis -2": {"axis": -2},
    "momentum": {"momentum": 0.6},
    "epsilon": {"epsilon": 0.1},
    "without center": {"center": False},
    "without scale": {"scale": False},
    "without both": {"center": False, "scale": False, "momentum": 0.5},
    "frozen": {"trainable": False},
}


def batch(name):
    return lambda k: k.layers.BatchNormalization(**BATCH[name])


@pytest.mark.parametrize(
    "names",
    [
        ("defaults", "axis 1", "axis -2"),
        ("momentum", "epsilon", "without center"),
        ("without scale", "without both", "frozen"),
    ],
)
def test_batch_normalization(names):
    assert_same_training(trained(*map(batch, names)))


def test_batch_normalization_with_values_penalties_and_constraints():
    assert_same_training(
        trained(
            lambda k: k.layers.BatchNormalization(momentum=0.7, **values_of(k)),
            lambda k: k.layers.BatchNormalization(**scaling(k)),
        )
    )


def test_batch_normalization_along_each_axis():
    axes = [
        lambda k, axis=axis: k.layers.BatchNormalization(axis=axis, momentum=0.8)
        for axis in (-1, 1, 2, 3)
    ]
    assert_same_training(trained(*axes, shape=(2, 3, 4)))


def test_batch_normalization_first_in_a_model():
    assert_same_training(
        Case(
            lambda k: [
                k.Input((5,)),
                k.layers.BatchNormalization(momentum=0.8),
                k.layers.Dense(3),
            ]
        )
    )


CLIPPING = {"rmin": 0.8, "rmax": 1.1, "dmax": 0.2}


def renormalizing(k):
    """Keras makes averages of a clone of the initializers."""
    return [
        k.layers.BatchNormalization(renorm=True, momentum=0.8, renorm_momentum=0.7),
        k.layers.BatchNormalization(renorm=True, renorm_clipping=CLIPPING, scale=False),
        k.layers.BatchNormalization(
            renorm=True, renorm_clipping={"rmax": 3.0}, center=False, **values_of(k)
        ),
    ]


def test_batch_renormalization():
    layers = [lambda k, i=i: renormalizing(k)[i] for i in range(3)]
    assert_same_training(trained(*layers))


@pytest.mark.parametrize("number", range(3))
def test_batch_renormalization_of_arrays(number):
    def called(k):
        layer = renormalizing(k)[number]
        outputs = [layer(X, training=training) for training in (True, True, False)]
        return [np.asarray(o) for o in outputs], layer.get_weights()

    both(called, rtol=1e-5)


def test_a_mask_in_a_call():
    x = np.random.default_rng(3).normal(size=(6, 4, 3)).astype("float32")
    mask = np.random.default_rng(4).random((6, 4)) > 0.5

    def run(k):
        layer = k.layers.BatchNormalization(momentum=0.5)
        found = [np.asarray(layer(x, training=True, mask=mask))]
        found += [w.numpy() for w in (layer.moving_mean, layer.moving_variance)]
        found.append(np.asarray(layer(x, mask=mask)))
        for axis in (1, (1, 2)):
            softmax = k.layers.Softmax(axis)
            found.append(np.asarray(softmax(x, mask=mask[..., np.newaxis])))
        return [np.array(array) for array in found]

    both(run)


@pytest.mark.parametrize("kind", ["Softmax", "BatchNormalization", "Dense"])
def test_a_mask_that_does_not_fit(kind):
    def call(k):
        layer = getattr(k.layers, kind)(*([2] if kind == "Dense" else []))
        layer(np.ones((6, 4, 3), "float32"), mask=np.ones(5, bool))

    raise_alike(call)


@pytest.mark.filterwarnings("ignore")  # the mask ends before the loss, both say
def test_batch_normalization_of_masked_rows():
    x, y = data((3, 4), (3, 2))
    x[::3, 1] = 0
    x[1::4, 0] = 0
    assert_same_training(
        Case(
            lambda k: [
                k.Input((3, 4)),
                k.layers.Masking(),
                k.layers.BatchNormalization(momentum=0.8),
                k.layers.LayerNormalization(),
                k.layers.PReLU("ones"),
                k.layers.RMSNormalization(),
                k.layers.Dense(2),
            ],
            optimizer=lambda k: k.optimizers.SGD(0.05),
            x=x,
            y=y,
        )
    )


def test_spectral_normalization():
    def layers(k):
        made = k.layers.SpectralNormalization
        return [
            k.Input((6,)),
            made(k.layers.Dense(5, activation="tanh")),
            made(k.layers.Dense(4), power_iterations=3),
            k.layers.Dense(2),
        ]

    assert_same_training(Case(layers, optimizer=lambda k: k.optimizers.SGD(0.05)))


def test_several_batch_normalizations_in_a_classifier():
    def layers(k):
        inner = [k.Input((6,))]
        for units in (8, 5):
            inner += [
                k.layers.Dense(units, use_bias=False),
                k.layers.BatchNormalization(momentum=0.9),
                k.layers.Activation("relu"),
            ]
        return [*inner, k.layers.Dense(3, activation="softmax")]

    assert_same_training(
        Case(
            layers,
            loss="sparse_categorical_crossentropy",
            targets="labels",
            optimizer=lambda k: k.optimizers.Adam(0.01),
            compile={"metrics": ["accuracy"]},
        )
    )


def test_a_last_batch_that_is_smaller():
    x, y = data((5,), (2,), rows=45)
    assert_same_training(
        Case(
            lambda k: [
                k.Input((5,)),
                k.layers.Dense(4, use_bias=False),
                k.layers.BatchNormalization(momentum=0.7),
                k.layers.Dense(2),
            ],
            x=x,
            y=y,
        )
    )


@pytest.mark.parametrize("name", BATCH)
def test_batch_normalization_of_arrays(name):
    def called(k):
        layer = k.layers.BatchNormalization(**{"axis": -1, **BATCH[name]})
        outputs = [layer(X), layer(X, training=True), layer(X), layer(X, training=True)]
        return [np.asarray(o) for o in outputs], layer.get_weights()

    both(called, rtol=1e-5)


def test_batch_normalization_of_many_rows():
    x = np.random.default_rng(5).normal(100, 0.5, (3000, 3)).astype("float32")

    def called(k):
        layer = k.layers.BatchNormalization(momentum=0.0)
        return np.asarray(layer(x, training=True)), layer.get_weights()

    both(called, rtol=1e-4, atol=1e-4)


def test_a_model_called_in_training():
    x = np.random.default_rng(5).normal(1, 0.5, (300, 3)).astype("float32")

    def called(k):
        layer = k.layers.BatchNormalization(momentum=0.5)
        model = k.Sequential([k.Input((3,)), layer, k.layers.Rescaling(2.0)])
        outputs = [model(x), model(x, training=True), model(x)]
        return [np.asarray(o) for o in outputs], model.get_weights()

    both(called)


ROWS = {
    "layer": lambda k: k.layers.LayerNormalization(),
    "layer, axis 1": lambda k: k.layers.LayerNormalization(axis=1),
    "layer, axes": lambda k: k.layers.LayerNormalization(axis=[1, 2]),
    "layer, negative axes": lambda k: k.layers.LayerNormalization(axis=(-1, -2)),
    "layer, epsilon": lambda k: k.layers.LayerNormalization(epsilon=0.2),
    "layer, without center": lambda k: k.layers.LayerNormalization(center=False),
    "layer, without scale": lambda k: k.layers.LayerNormalization(scale=False),
    "layer, with all": lambda k: k.layers.LayerNormalization(**scaling(k)),
    "group": lambda k: k.layers.GroupNormalization(2),
    "group, axis 1": lambda k: k.layers.GroupNormalization(3, axis=1),
    "group, axis -2": lambda k: k.layers.GroupNormalization(1, axis=-2),
    "group, each": lambda k: k.layers.GroupNormalization(-1),
    "group, epsilon": lambda k: k.layers.GroupNormalization(2, epsilon=0.2),
    "group, without center": lambda k: k.layers.GroupNormalization(2, center=False),
    "group, without scale": lambda k: k.layers.GroupNormalization(2, scale=False),
    "group, with all": lambda k: k.layers.GroupNormalization(2, **scaling(k)),
    "rms": lambda k: k.layers.RMSNormalization(),
    "rms, axes": lambda k: k.layers.RMSNormalization(axis=(1, 2)),
    "rms, epsilon": lambda k: k.layers.RMSNormalization(epsilon=0.2),
    "unit": lambda k: k.layers.UnitNormalization(),
    "unit, axis 1": lambda k: k.layers.UnitNormalization(axis=1),
    "unit, axes": lambda k: k.layers.UnitNormalization(axis=(1, 2)),
}


@pytest.mark.parametrize("name", ROWS)
def test_rows_of_an_array(name):
    both(lambda k: ROWS[name](k)(X), rtol=1e-5)


@pytest.mark.parametrize("first", range(8))
def test_rows_in_training(first):
    assert_same_training(trained(*list(ROWS.values())[first::8], units=8))


@pytest.mark.filterwarnings("ignore")  # both say that it is deprecated
@pytest.mark.parametrize("axis", [-1, (1, 2)])
def test_rms_scaling(axis):
    both(lambda k: k.layers.LayerNormalization(axis, rms_scaling=True)(X), rtol=1e-5)
    assert_same_training(
        trained(lambda k: k.layers.LayerNormalization(axis, rms_scaling=True))
    )


def test_groups_of_more_axes():
    x = np.random.default_rng(4).normal(size=(3, 2, 5, 6)).astype("float32")
    for axis, groups in ((-1, 3), (1, 2), (2, 5), (-3, 1)):
        both(lambda k: k.layers.GroupNormalization(groups, axis=axis)(x), rtol=1e-5)  # noqa: B023


@pytest.mark.parametrize("name", ["layer", "layer, axes", "group", "rms, axes"])
def test_weights_of_rows(name):
    def made(k):
        layer = ROWS[name](k)
        layer.build((None, 3, 4))
        return [w.name for w in layer.weights], layer.get_weights()

    both(made)


def test_weights_and_their_names():
    def made(k):
        layer = k.layers.BatchNormalization()
        layer.build((None, 3))
        parts = layer.weights, layer.trainable_weights, layer.non_trainable_weights
        return [[w.name for w in part] for part in parts], layer.get_weights()

    both(made)


WRONG = {
    "spectral: no layer": lambda k: k.layers.SpectralNormalization("dense"),
    "spectral: no iteration": lambda k: k.layers.SpectralNormalization(
        k.layers.Dense(2), power_iterations=0
    ),
    "spectral: no kernel": lambda k: k.layers.SpectralNormalization(
        k.layers.Flatten()
    ).build((None, 3)),
    "layer: no axis": lambda k: k.layers.LayerNormalization(axis="last"),
    "unit: no axis": lambda k: k.layers.UnitNormalization(axis=None),
    "unit: no such axis": lambda k: k.layers.UnitNormalization(axis=4)(X),
    "group: none": lambda k: k.layers.GroupNormalization(0),
    "group: half": lambda k: k.layers.GroupNormalization(2.5),
    "group: too many": lambda k: k.layers.GroupNormalization(8)(X),
    "group: no divisor": lambda k: k.layers.GroupNormalization(3)(X),
    "no such axis": lambda k: k.layers.BatchNormalization(axis=5).build((None, 3)),
    "synchronized": lambda k: k.layers.BatchNormalization(synchronized=True),
}
for number, clipping in enumerate(
    ({"rmax": 1.0, "rmin": 2.0}, {"dmax": -1.0}, {"r": 1.0})
):
    WRONG[f"renorm_clipping {number}"] = lambda k, clipping=clipping: (
        k.layers.BatchNormalization(renorm=True, renorm_clipping=clipping)
    )
NOT_ALIKE = {"no such axis"}  # Keras lets Python's IndexError pass


@pytest.mark.parametrize("name", sorted(set(WRONG) - NOT_ALIKE))
def test_wrong_arguments(name):
    raise_alike(WRONG[name])
