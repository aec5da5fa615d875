"""Categories as Keras finds them.

The numbers are those of Keras 3.15.1 on TensorFlow 2.21, which these layers need there.
"""

import numpy as np
import pytest

from fastnn import layers

WORDS = np.array([["a"], ["omar"], ["stringer"], ["Ünicode"], [""], ["x" * 70]])
INTEGERS = np.array([[0], [7], [-3], [123456789012], [42]])
TOKENS = np.array([["a", "z"], ["c", "b"], ["y", "a"]])
NUMBERS = np.array([[12, 1138, 42], [42, 1000, 36]])
LETTERS = np.array(["m", "l", "l", "h", "m", "l", "k"])


def strings(**arguments):
    return layers.StringLookup(vocabulary=["b", "a", "c"], **arguments)


def integers(**arguments):
    return layers.IntegerLookup(vocabulary=[12, 36, 1138, 42], **arguments)


def adapted(layer, data):
    layer.adapt(data)
    return layer


def documents():
    layer = layers.StringLookup(output_mode="tf_idf")
    return adapted(layer, np.array([["a", "b"], ["a", "a"], ["c", "a"]]))


OURS = {
    "hashing strings": lambda: layers.Hashing(1000)(WORDS),
    "hashing integers": lambda: layers.Hashing(1000)(INTEGERS),
    "hashing floats": lambda: layers.Hashing(1000)(np.array([[1.5], [-2.7]])),
    "hashing salt": lambda: layers.Hashing(1000, salt=[133, 137])(WORDS),
    "hashing one salt": lambda: layers.Hashing(1000, salt=133)(INTEGERS),
    "hashing mask": lambda: layers.Hashing(3, mask_value="")(WORDS),
    "hashing one_hot": lambda: layers.Hashing(4, output_mode="one_hot")(WORDS),
    "crossing": lambda: layers.HashedCrossing(1000)((WORDS[:5, 0], INTEGERS[:, 0])),
    "crossing three": lambda: layers.HashedCrossing(1000)(
        (WORDS[:5], INTEGERS, INTEGERS + 1)
    ),
    "crossing one_hot": lambda: layers.HashedCrossing(5, output_mode="one_hot")(
        (WORDS[:5], INTEGERS)
    ),
    "string": lambda: strings()(TOKENS),
    "string mask": lambda: strings(mask_token="")([["", "a"], ["q", "c"]]),
    "string oov": lambda: strings(num_oov_indices=3)(TOKENS),
    "string oov salt": lambda: strings(num_oov_indices=3, salt=5)(TOKENS),
    "string one_hot": lambda: strings(output_mode="one_hot")(TOKENS),
    "string multi_hot": lambda: strings(output_mode="multi_hot")(TOKENS),
    "string count pad": lambda: strings(
        output_mode="count", max_tokens=6, pad_to_max_tokens=True
    )(TOKENS),
    "string tf_idf": lambda: strings(
        output_mode="tf_idf", idf_weights=[0.25, 0.5, 1.0]
    )(TOKENS),
    "string invert": lambda: strings(invert=True)([[0, 1], [3, 9]]),
    "string adapted": lambda: adapted(layers.StringLookup(), LETTERS).get_vocabulary(),
    "string adapted short": lambda: adapted(
        layers.StringLookup(max_tokens=3), LETTERS
    ).get_vocabulary(),
    "string adapted vocabulary tf_idf": lambda: documents().get_vocabulary(),
    "string adapted tf_idf": lambda: documents()([["a", "c"], ["q", "a"]]),
    "integer": lambda: integers()(NUMBERS),
    "integer oov": lambda: integers(num_oov_indices=2)([[12, 1138], [37, 1000]]),
    "integer oov hash": lambda: integers(num_oov_indices=3, oov_method="farmhash")(
        [[12, 37], [-5, 1000]]
    ),
    "integer mask": lambda: integers(mask_token=0)([[0, 12], [7, 42]]),
    "integer invert": lambda: integers(invert=True)([[0, 1], [4, 9]]),
    "integer adapted": lambda: adapted(
        layers.IntegerLookup(), NUMBERS
    ).get_vocabulary(),
    "integer multi_hot": lambda: integers(output_mode="multi_hot")(NUMBERS),
}

KERAS = {
    "hashing strings": [[939], [986], [704], [71], [263], [745]],
    "hashing integers": [[735], [88], [699], [427], [736]],
    "hashing floats": [[849], [205]],
    "hashing salt": [[354], [674], [601], [349], [900], [785]],
    "hashing one salt": [[385], [687], [816], [614], [659]],
    "hashing mask": [[2], [1], [1], [2], [0], [2]],
    "hashing one_hot": [
        [0.0, 0.0, 0.0, 1.0],
        [0.0, 0.0, 1.0, 0.0],
        [1.0, 0.0, 0.0, 0.0],
        [0.0, 0.0, 0.0, 1.0],
        [0.0, 0.0, 0.0, 1.0],
        [0.0, 1.0, 0.0, 0.0],
    ],
    "crossing": [44, 766, 97, 978, 891],
    "crossing three": [[643], [96], [241], [750], [100]],
    "crossing one_hot": [
        [0.0, 0.0, 0.0, 0.0, 1.0],
        [0.0, 1.0, 0.0, 0.0, 0.0],
        [0.0, 0.0, 1.0, 0.0, 0.0],
        [0.0, 0.0, 0.0, 1.0, 0.0],
        [0.0, 1.0, 0.0, 0.0, 0.0],
    ],
    "string": [[2, 0], [3, 1], [0, 2]],
    "string mask": [[0, 3], [1, 4]],
    "string oov": [[4, 1], [5, 3], [2, 4]],
    "string oov salt": [[4, 2], [5, 3], [2, 4]],
    "string one_hot": [
        [[0, 0, 1, 0], [1, 0, 0, 0]],
        [[0, 0, 0, 1], [0, 1, 0, 0]],
        [[1, 0, 0, 0], [0, 0, 1, 0]],
    ],
    "string multi_hot": [[1, 0, 1, 0], [0, 1, 0, 1], [1, 0, 1, 0]],
    "string count pad": [[1, 0, 1, 0, 0, 0], [0, 1, 0, 1, 0, 0], [1, 0, 1, 0, 0, 0]],
    "string tf_idf": [
        [0.5833333134651184, 0.0, 0.5, 0.0],
        [0.0, 0.25, 0.0, 1.0],
        [0.5833333134651184, 0.0, 0.5, 0.0],
    ],
    "string invert": [["[UNK]", "b"], ["c", "[UNK]"]],
    "string adapted": ["[UNK]", "l", "m", "k", "h"],
    "string adapted short": ["[UNK]", "l", "m"],
    "string adapted vocabulary tf_idf": ["[UNK]", "a", "c", "b"],
    "string adapted tf_idf": [
        [0.0, 0.5596157908439636, 0.9162907600402832, 0.0],
        [0.79739910364151, 0.5596157908439636, 0.0, 0.0],
    ],
    "integer": [[1, 3, 4], [4, 0, 2]],
    "integer oov": [[2, 4], [1, 0]],
    "integer oov hash": [[3, 2], [0, 2]],
    "integer mask": [[0, 2], [1, 5]],
    "integer invert": [[-1, 12], [42, -1]],
    "integer adapted": [-1, 42, 1138, 1000, 36, 12],
    "integer multi_hot": [[0, 1, 0, 1, 1], [1, 0, 1, 0, 1]],
}


@pytest.mark.parametrize("name", OURS)
def test_same_as_in_keras(name):
    ours = np.asarray(OURS[name]())
    theirs = np.asarray(KERAS[name])
    assert ours.shape == theirs.shape
    if theirs.dtype.kind == "f":
        np.testing.assert_allclose(ours, theirs, rtol=1e-6)
    else:
        np.testing.assert_array_equal(ours, theirs)


VALUES = np.random.default_rng(3).normal(2, 3, (40, 4)).astype("float32")

BOUNDARIES = {
    "bins": (
        layers.Discretization(num_bins=5),
        VALUES,
        [-0.45736042, 1.1561421155929565, 2.6739158630371094, 4.260692596435547],
    ),
    "epsilon": (
        layers.Discretization(num_bins=7, epsilon=0.1),
        VALUES,
        [
            -1.2852760553359985, 0.3497886657714844, 1.3786829710006714,
            2.4628098011016846, 3.7128775119781494, 5.314955234527588,
        ],
    ),
    "batches": (
        layers.Discretization(num_bins=4),
        [VALUES[:15], VALUES[15:]],
        [-0.10448591411113739, 1.9350470304489136, 3.9729206562042236],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BOUNDARIES)
def test_same_boundaries_as_in_keras(name):
    layer, data, expected = BOUNDARIES[name]
    layer.adapt(data)
    np.testing.assert_allclose(layer.bin_boundaries, expected, rtol=1e-6)
