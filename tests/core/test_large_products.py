"""Products whose operands are packed: as right, and the same bits, as small ones."""

import numpy as np
import pytest

ROWS, INPUTS, UNITS = 71, 1111, 803  # 3.4 MB of float32 weights, nothing a round number


@pytest.fixture(scope="module")
def operands():
    rng = np.random.default_rng(5)
    return {
        name: rng.normal(size=shape).astype(np.float32)
        for name, shape in {
            "inp": (ROWS, INPUTS),
            "weight": (INPUTS, UNITS),
            "bias": (UNITS,),
            "dout": (ROWS, UNITS),
        }.items()
    }


def close(received, expected):
    error = np.abs(received - expected).max() / np.abs(expected).max()
    return error < 2e-6


def test_forward(kernels, operands):
    inp, weight, bias = (operands[name] for name in ("inp", "weight", "bias"))
    out = np.empty((ROWS, UNITS), np.float32)
    kernels.dense_forward(out, inp, weight, bias)
    assert close(out, inp.astype(np.float64) @ weight + bias)
    alone = np.empty((1, UNITS), np.float32)
    kernels.dense_forward(alone, inp[40:41], weight, bias)
    assert np.array_equal(alone[0], out[40])


def test_backward_input(kernels, operands):
    dout, weight = operands["dout"], operands["weight"]
    dinp = np.empty((ROWS, INPUTS), np.float32)
    kernels.dense_backward_input(dinp, dout, weight, None)
    assert close(dinp, dout.astype(np.float64) @ weight.T)
    alone = np.empty((1, INPUTS), np.float32)
    kernels.dense_backward_input(alone, dout[40:41], weight, None)
    assert np.array_equal(alone[0], dinp[40])


def test_backward_weight(kernels):
    rng = np.random.default_rng(6)
    inp = rng.normal(size=(1300, 97)).astype(np.float32)
    dout = rng.normal(size=(1300, 700)).astype(np.float32)
    dweight = np.empty((97, 700), np.float32)
    kernels.dense_backward_weight(dweight, inp, dout)
    assert close(dweight, inp.T.astype(np.float64) @ dout)
    few = np.empty((5, 700), np.float32)
    kernels.dense_backward_weight(few, inp[:, 30:35].copy(), dout)
    assert np.array_equal(few, dweight[30:35])
