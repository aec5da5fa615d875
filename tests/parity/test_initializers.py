"""Initializers: shapes, types, and the distributions of their values."""

import numpy as np
import pytest

from parity.harness import both, keras, raise_alike

MATRIX = (200, 100)
SHAPES = [(), (7,), (3, 4), (2, 3, 4)]

# (name, arguments): every one that draws, with its defaults and with every argument
DRAWING = [
    ("RandomNormal", {}),
    ("RandomNormal", {"mean": 1.5, "stddev": 0.3}),
    ("RandomUniform", {}),
    ("RandomUniform", {"minval": 0.25, "maxval": 2.0}),
    ("TruncatedNormal", {}),
    ("TruncatedNormal", {"mean": -1.0, "stddev": 0.3}),
    ("GlorotNormal", {}),
    ("GlorotUniform", {}),
    ("HeNormal", {}),
    ("HeUniform", {}),
    ("LecunNormal", {}),
    ("LecunUniform", {}),
    ("VarianceScaling", {}),
    ("VarianceScaling", {"scale": 3.0, "mode": "fan_out"}),
    ("VarianceScaling", {"mode": "fan_avg", "distribution": "uniform"}),
    ("VarianceScaling", {"distribution": "untruncated_normal"}),
    ("VarianceScaling", {"distribution": "normal", "scale": 0.5}),
    ("VarianceScaling", {"input_axes": (1,), "output_axes": (0,)}),
]
EXACT = [
    ("Zeros", {}),
    ("Ones", {}),
    ("Constant", {}),
    ("Constant", {"value": -2.5}),
]


def name_of(value):
    if isinstance(value, dict):
        return ",".join(f"{k}={v}" for k, v in value.items()) or "defaults"
    return str(value)


def of_each_case(cases):
    return pytest.mark.parametrize(("name", "arguments"), cases, ids=name_of)


@of_each_case(DRAWING)
def test_distribution(name, arguments):
    """The same moments and bounds, within what chance allows of 20000 values."""

    def moments(k):
        values = np.asarray(getattr(k.initializers, name)(seed=3, **arguments)(MATRIX))
        values = values.astype(float)
        deviation = values.std()
        quantiles = np.quantile(values, [0.1, 0.25, 0.5, 0.75, 0.9])
        return {
            "mean": values.mean() / deviation,
            "log of the deviation": np.log(deviation),
            "quantiles": (quantiles - values.mean()) / deviation,
            "kurtosis": ((values - values.mean()) ** 4).mean() / deviation**4,
            "range": [(v - values.mean()) / deviation for v in _bounds(values)],
        }

    both(moments, rtol=0.03, atol=0.05)


def _bounds(values):
    """The extremes where the distribution has an end, else no matter."""
    centred = np.abs(values - values.mean()).max() / values.std()
    return [values.min(), values.max()] if centred < 2.5 else []


@of_each_case(DRAWING)
@pytest.mark.parametrize("shape", SHAPES[1:], ids=name_of)
def test_shape_and_type(name, arguments, shape):
    if "input_axes" in arguments and len(shape) < 2:
        shape = (7, 7)

    def form(k):
        made = getattr(k.initializers, name)(seed=3, **arguments)
        arrays = [np.asarray(made(shape)), np.asarray(made(shape, dtype="float32"))]
        return [[list(a.shape), a.dtype.name, np.isfinite(a).all()] for a in arrays]

    both(form)


@of_each_case(EXACT)
@pytest.mark.parametrize("shape", SHAPES, ids=name_of)
@pytest.mark.parametrize("dtype", [None, "float32", "int32", "bool"])
def test_exact_values(name, arguments, shape, dtype):
    def values(k):
        made = getattr(k.initializers, name)(**arguments)
        array = np.asarray(made(shape, dtype=dtype))
        return [array, array.dtype.name]

    both(values)


@pytest.mark.parametrize("gain", [1.0, -0.5])
@pytest.mark.parametrize("shape", [(3, 3), (2, 5), (5, 2)])
def test_identity(shape, gain):
    both(lambda k: k.initializers.Identity(gain)(shape))
    both(lambda k: k.initializers.IdentityInitializer(gain)(shape))


@pytest.mark.parametrize("gain", [1.0, 2.5])
@pytest.mark.parametrize("shape", [(4, 4), (3, 8), (8, 3), (2, 3, 4)])
def test_orthogonal(shape, gain):
    def product(k):
        matrix = k.initializers.Orthogonal(gain, seed=3)(shape)
        rows = np.asarray(matrix).reshape(-1, shape[-1])
        return rows @ rows.T if len(rows) < shape[-1] else rows.T @ rows

    both(product, atol=1e-4)


def test_a_seed_gives_the_same_values_each_time():
    def same(k):
        made = k.initializers.GlorotUniform(seed=3)
        again = k.initializers.GlorotUniform(seed=3)
        other = k.initializers.GlorotUniform(seed=4)
        first = np.asarray(made((3, 4)))
        return [
            np.array_equal(first, made((3, 4))),
            np.array_equal(first, again((3, 4))),
            np.array_equal(first, other((3, 4))),
            np.array_equal(first, made.clone()((3, 4))),
        ]

    assert both(same) == [True, True, False, True]


def test_a_seed_generator_gives_new_values_each_time():
    def same(k):
        made = k.initializers.RandomNormal(seed=k.random.SeedGenerator(3))
        return bool(np.array_equal(made((3, 4)), made((3, 4))))

    assert both(same) is False


@of_each_case([*DRAWING, *EXACT, ("Orthogonal", {"gain": 2.0})])
def test_config(name, arguments):
    def config(k):
        found = dict(getattr(k.initializers, name)(**arguments).get_config())
        found.pop("seed", None)  # Keras makes one up
        return {n: list(v) if isinstance(v, tuple) else v for n, v in found.items()}

    both(config)


@pytest.mark.parametrize(
    "name",
    [
        "glorot_uniform", "glorot_normal", "he_normal", "he_uniform", "lecun_normal",
        "lecun_uniform", "random_normal", "random_uniform", "truncated_normal",
        "variance_scaling", "zeros", "ones", "identity", "orthogonal",
        "Zeros", "OrthogonalInitializer", "uniform", "normal", "one", "zero",
    ],
)  # fmt: skip
def test_names(name):
    both(lambda k: type(k.initializers.get(name)).__name__)


@pytest.mark.parametrize("of", ["none", "function", "instance", "config", "class"])
def test_get(of):
    def found(k):
        make = k.initializers.Constant
        known = {
            "none": None,
            "function": lambda shape, dtype=None: np.ones(shape, dtype),
            "instance": make(2.0),
            "config": k.initializers.serialize(make(2.0)),
            "class": make,
        }
        made = k.initializers.get(known[of])
        return None if made is None else made((2, 3), dtype="float32")

    both(found)


WRONG = {
    "scale": lambda k: k.initializers.VarianceScaling(scale=0.0),
    "mode": lambda k: k.initializers.VarianceScaling(mode="fan"),
    "distribution": lambda k: k.initializers.VarianceScaling(distribution="cauchy"),
    "name": lambda k: k.initializers.get("glorot"),
    "seed": lambda k: k.initializers.GlorotUniform(seed="x"),
    "a vector of rows": lambda k: k.initializers.Orthogonal()((3,)),
    "identity of three axes": lambda k: k.initializers.Identity()((3, 3, 3)),
}


@pytest.mark.parametrize("call", WRONG.values(), ids=WRONG)
def test_what_does_not_fit(call):
    raise_alike(call)


def test_first_weights_of_a_layer():
    """Not the same numbers, but the same limits."""

    def limits(k):
        layer = k.layers.Dense(100, bias_initializer=k.initializers.Constant(0.5))
        layer.build((None, 200))
        kernel, bias = (np.asarray(w) for w in layer.get_weights())
        return [np.abs(kernel).max(), kernel.std(), bias]

    both(limits, rtol=0.03)
    assert keras.layers.Dense(1).kernel_initializer is not None
