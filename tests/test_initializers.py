"""Initializers against their definitions."""

import math

import numpy as np
import pytest
from public_objects import make, public_classes

from fastnn import initializers, random
from fastnn.initializers import Constant, Identity, Orthogonal

CLASSES = [cls for _, cls in public_classes("initializers")]
MATRICES = {Identity, Orthogonal}  # these take no other shapes
CLASSES = [cls for cls in CLASSES if cls not in MATRICES]
RANDOM = [c for c in CLASSES if issubclass(c, initializers.RandomInitializer)]
SHAPE = (300, 200)

# Name, the sum that the variance is scale over, scale, whether uniform
FAMILIES = [
    ("glorot_uniform", 250, 1, True),
    ("glorot_normal", 250, 1, False),
    ("he_uniform", 300, 2, True),
    ("he_normal", 300, 2, False),
    ("lecun_uniform", 300, 1, True),
    ("lecun_normal", 300, 1, False),
]


@pytest.mark.parametrize("dtype", [None, "float32", "float64"])
@pytest.mark.parametrize("shape", [(), (3,), (4, 5), (2, 3, 4), (0, 3)])
@pytest.mark.parametrize("cls", CLASSES)
def test_shape_and_dtype(cls, shape, dtype):
    values = make(cls)(shape, dtype=dtype)
    assert values.shape == shape
    assert values.dtype == (dtype or "float32")
    assert np.isfinite(values).all()


@pytest.mark.parametrize("cls", RANDOM)
def test_a_seed_gives_the_same_values_each_time(cls):
    first, second = cls(seed=3), cls(seed=4)
    assert np.array_equal(first((5, 6)), first((5, 6)))
    assert np.array_equal(first((5, 6)), cls(seed=3)((5, 6)))
    assert not np.array_equal(first((5, 6)), second((5, 6)))


@pytest.mark.parametrize("cls", RANDOM)
def test_without_a_seed_the_global_one_decides(cls):
    random.set_seed(11)
    first, second = cls()((3, 4)), cls()((3, 4))
    random.set_seed(11)
    again = cls()((3, 4))
    random.set_seed(None)
    assert np.array_equal(first, again)
    assert not np.array_equal(first, second)


@pytest.mark.parametrize("seed", ["1", 1.5, [1]])
def test_seed_is_an_integer(seed):
    with pytest.raises(ValueError, match="Received: seed="):
        initializers.HeNormal(seed=seed)


@pytest.mark.parametrize("seed", [-1, 0, 2**63, 2**70, np.int64(5)])
def test_any_integer_is_a_seed(seed):
    assert initializers.RandomNormal(seed=seed)((2,)).shape == (2,)


@pytest.mark.parametrize(("name", "n", "scale", "uniform"), FAMILIES)
def test_families_have_their_variance_and_bounds(name, n, scale, uniform):
    cls = getattr(initializers, name)
    values = cls(seed=1)(SHAPE, dtype="float64")
    stddev = math.sqrt(scale / n)
    # Four standard errors of a standard deviation from 60,000 values, at the most.
    assert values.std() == pytest.approx(stddev, rel=4 / math.sqrt(2 * values.size))
    assert abs(values.mean()) < 4 * stddev / math.sqrt(values.size)
    largest = math.sqrt(3) * stddev if uniform else 2 * stddev / 0.87962566103423978
    assert 0.99 * largest < np.abs(values).max() <= largest


def test_moments_of_the_plain_distributions():
    normal = initializers.RandomNormal(mean=3, stddev=2, seed=1)(SHAPE, "float64")
    assert normal.mean() == pytest.approx(3, abs=0.04)
    assert normal.std() == pytest.approx(2, rel=0.02)
    uniform = initializers.RandomUniform(-1, 3, seed=1)(SHAPE, "float64")
    assert uniform.min() >= -1
    assert uniform.max() < 3
    assert uniform.mean() == pytest.approx(1, abs=0.03)
    truncated = initializers.TruncatedNormal(1, 2, seed=1)(SHAPE, "float64")
    assert np.abs(truncated - 1).max() <= 4
    assert truncated.std() == pytest.approx(2 * 0.87962566103423978, rel=0.02)


def test_constants():
    assert initializers.Zeros()((2, 3)).tolist() == [[0] * 3] * 2
    assert initializers.Ones()((2,)).tolist() == [1, 1]
    assert initializers.Constant(2.5)((2,)).tolist() == [2.5, 2.5]


def test_fans_of_a_weight_of_more_axes():
    wide = initializers.VarianceScaling(1, "fan_in", "uniform", seed=1)
    # (receptive field 5) x (inputs 20) = 100 inputs for each output
    assert wide((5, 20, 300)).std() == pytest.approx(0.1, rel=0.02)


@pytest.mark.parametrize(
    "arguments",
    [
        {"scale": 0},
        {"scale": math.nan},
        {"mode": "fan"},
        {"distribution": "cauchy"},
    ],
)
def test_variance_scaling_refuses_wrong_settings(arguments):
    with pytest.raises(ValueError, match="Received: " + next(iter(arguments))):
        initializers.VarianceScaling(**arguments)


def test_get_accepts_what_keras_accepts():
    assert isinstance(initializers.get("he_normal"), initializers.HeNormal)
    assert isinstance(initializers.get("HeNormal"), initializers.HeNormal)
    assert isinstance(initializers.get(initializers.Ones), initializers.Ones)
    assert isinstance(initializers.get("zero"), initializers.Zeros)
    assert initializers.get(len) is len


def test_clone_has_the_same_settings():
    original = initializers.RandomNormal(1.0, 2.0, seed=3)
    assert np.array_equal(original.clone()((4,)), original((4,)))


@pytest.mark.parametrize(
    "base", [initializers.Initializer(), initializers.RandomInitializer(1)]
)
def test_base_classes_say_what_to_override(base):
    with pytest.raises(NotImplementedError, match="to override"):
        base((2, 3))


@pytest.mark.parametrize("shape", [(6, 4), (4, 6), (5, 5), (2, 3, 4), (1, 7)])
def test_orthogonal(shape):
    matrix = Orthogonal(gain=2.0, seed=1)(shape, "float64").reshape(-1, shape[-1])
    few = matrix.T if len(matrix) >= shape[-1] else matrix
    np.testing.assert_allclose(few @ few.T, 4 * np.eye(len(few)), atol=1e-12)


def test_orthogonal_matrices_turn_either_way():
    signs = [np.linalg.det(Orthogonal(seed=seed)((3, 3))) for seed in range(40)]
    assert min(signs) == pytest.approx(-1) and max(signs) == pytest.approx(1)
    assert 8 <= sum(sign > 0 for sign in signs) <= 32


@pytest.mark.parametrize("wrong", [(), (3,)])
def test_orthogonal_needs_a_matrix(wrong):
    with pytest.raises(ValueError, match="Received: shape="):
        Orthogonal()(wrong)


def test_identity():
    assert Identity(3.0)((2, 3)).tolist() == [[3, 0, 0], [0, 3, 0]]
    assert Identity()((2, 2), "float64").dtype == "float64"
    with pytest.raises(ValueError, match=r"Received: shape=\(2,\)"):
        Identity()((2,))


def test_a_constant_array_spreads():
    assert Constant([1.0, 2.0])((2, 2)).tolist() == [[1, 2], [1, 2]]
    with pytest.raises(TypeError, match="real numbers"):
        Constant("one")


def test_an_array_stands_for_its_values():
    values = np.arange(6.0).reshape(2, 3)
    initializer = initializers.get(values)
    assert np.array_equal(initializer((2, 3)), values)
    assert initializer((2, 3), "float32").dtype == "float32"
    again = initializers.deserialize(initializers.serialize(initializer))
    assert np.array_equal(again((2, 3)), values)
    with pytest.raises(ValueError, match=r"Received: shape=\(3, 2\)"):
        initializer((3, 2))


@pytest.mark.parametrize(
    ("name", "cls"),
    [
        ("identity", Identity),
        ("IdentityInitializer", Identity),
        ("orthogonal", Orthogonal),
        ("OrthogonalInitializer", Orthogonal),
        ("uniform", initializers.RandomUniform),
        ("normal", initializers.RandomNormal),
        ("one", initializers.Ones),
        ("zero", initializers.Zeros),
    ],
)
def test_further_names(name, cls):
    assert type(initializers.get(name)) is cls


def test_stft_is_refused():
    with pytest.raises(NotImplementedError, match="convolutions"):
        initializers.STFT()


@pytest.mark.parametrize("shape", [(), (5,), (3, 4), (2, 3, 4), (0, 3)])
@pytest.mark.parametrize(
    "name", ["he_normal", "lecun_uniform", "random_normal", "ones"]
)
def test_any_shape(name, shape):
    assert initializers.get(name)(shape).shape == shape
