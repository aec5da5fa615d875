"""What does not fit is refused before anything is computed."""

import numpy as np
import pytest
from cases import CASES, Shape

SHAPE = Shape(4, 3, 5)

# Arrays that nothing else in the call fixes the size of, and the axis.
FREE = {
    ("activity_values", "inp", 1),
    ("embedding_backward", "dweight", 0),
    ("embedding_forward", "weight", 0),
    ("affine_backward-1", "scale", 0),
    ("affine_backward-3", "scale", 0),
    ("batch_statistics", "inp", 0),
    ("prelu_forward-1", "alpha", 0),
    ("prelu_forward-3", "alpha", 0),
    ("prelu_backward-3-dalpha", "alpha", 0),
    ("spread", "inp", 0),
    ("collect", "inp", 0),
    ("collect", "out", 0),
    ("digitize", "boundaries", 0),
    ("encode_forward-present", "codes", 1),
    ("encode_forward-present", "out", 1),
    ("encode_forward-counted", "codes", 1),
    ("encode_forward-counted", "out", 1),
    ("encode_forward-weighted", "codes", 1),
    ("dense_backward_bias", "dout", 0),
    ("l1_l2_value", "weight", 0),
    ("sparse_categorical_accuracy", "pred", 1),
    ("sparse_categorical_crossentropy-without gradient", "pred", 1),
    ("sparse_top_k_categorical_accuracy", "pred", 1),
    ("categorical_generalized_cross_entropy-without gradient", "pred", 1),
    ("circle-without gradient", "pred", 1),
    ("mean_accumulate-plain", "values", 0),
    ("non_negative_constraint", "weight", 0),
}
FREE |= {("weight_decay", "weight", 0), ("clip_values", "grad", 0)}
FREE |= {("unscale", "grad", 0)}
FREE |= {(str(c), "grad", 0) for c in CASES if c.kernel == "clip_norm"}
FREE |= {(str(c), "weight", 1) for c in CASES if c.kernel == "norm_constraint"}


def arrays_of(arguments):
    return {k: v for k, v in arguments.items() if isinstance(v, np.ndarray)}


# A penalty is a sum over an array of any shape.
OF_FIXED_RANK = [case for case in CASES if case.kernel != "l1_l2_value"]


def longer(array, axis):
    return np.concatenate([array, np.take(array, [0], axis=axis)], axis=axis)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_wrong_size(kernels, case, dtype, rng):
    arguments = case.arguments(rng, SHAPE, dtype)
    for name, array in arrays_of(arguments).items():
        for axis in range(array.ndim):
            if (str(case), name, axis) in FREE:
                continue
            wrong = {**arguments, name: longer(array, axis)}
            with pytest.raises(ValueError):
                getattr(kernels, case.kernel)(*wrong.values())


@pytest.mark.parametrize("case", OF_FIXED_RANK, ids=str)
def test_wrong_rank(kernels, case, dtype, rng):
    arguments = case.arguments(rng, SHAPE, dtype)
    for name, array in arrays_of(arguments).items():
        for wrong_array in (array[..., None], array.reshape(-1)[0:1].reshape(())):
            wrong = {**arguments, name: wrong_array.copy()}
            with pytest.raises(ValueError):
                getattr(kernels, case.kernel)(*wrong.values())


@pytest.mark.parametrize("wrong_type", ["float16", "int64", ">f4", "complex64"])
@pytest.mark.parametrize("case", CASES, ids=str)
def test_wrong_type(kernels, case, dtype, wrong_type, rng):
    arguments = case.arguments(rng, SHAPE, dtype)
    for name, array in arrays_of(arguments).items():
        wrong = {**arguments, name: np.ones(array.shape, wrong_type)}
        with pytest.raises((TypeError, ValueError)):
            getattr(kernels, case.kernel)(*wrong.values())


@pytest.mark.parametrize("case", CASES, ids=str)
def test_two_types_in_one_call(kernels, case, rng):
    arguments = case.arguments(rng, SHAPE, np.dtype("float32"))
    single = [k for k, v in arrays_of(arguments).items() if v.dtype == np.float32]
    for name in single if len(single) > 1 else []:
        wrong = {**arguments, name: arguments[name].astype(np.float64)}
        with pytest.raises((TypeError, ValueError)):
            getattr(kernels, case.kernel)(*wrong.values())


@pytest.mark.parametrize("case", CASES, ids=str)
def test_output_that_cannot_be_written(kernels, case, dtype, rng):
    for name in case.outputs:
        arguments = case.arguments(rng, SHAPE, dtype)
        if arguments[name] is None:
            continue
        arguments[name].flags.writeable = False
        before = arguments[name].tobytes()
        with pytest.raises(ValueError):
            getattr(kernels, case.kernel)(*arguments.values())
        assert arguments[name].tobytes() == before


@pytest.mark.parametrize("function", ["rleu", "exp", "softmax", ""])
def test_unknown_function(kernels, dtype, function):
    square = np.ones((2, 2), dtype)
    with pytest.raises(ValueError):
        kernels.dense_forward(square.copy(), square, square, None, function)
    with pytest.raises(ValueError):
        kernels.dense_backward_input(square.copy(), square, square, square, function)


def test_derivative_without_what_it_is_of(kernels, dtype):
    square = np.ones((2, 2), dtype)
    with pytest.raises(ValueError):
        kernels.dense_backward_input(square.copy(), square, square, None, "relu")


@pytest.mark.parametrize("label", [-1, 5, 2**31 - 1, -(2**31)])
def test_label_out_of_range(kernels, dtype, label):
    pred, values = np.full((3, 5), 0.2, dtype), np.empty(3)
    labels = np.array([0, label, 1], np.int32)
    sparse = "sparse_categorical_crossentropy"
    with pytest.raises(ValueError):
        getattr(kernels, sparse)(None, values, pred, labels, None, 1.0, 1e-7)
    with pytest.raises(ValueError):
        getattr(kernels, f"softmax_{sparse}")(
            None, values, None, pred, labels, None, 1.0
        )
