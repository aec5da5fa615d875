"""Products whose operands are packed: as right, and the same bits, as small ones."""

from functools import partial

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


@pytest.mark.parametrize(
    ("rows", "inputs", "units"),
    [(1, 20, 64), (33, 20, 65), (40, 17, 1), (5, 70, 1000), (9, 300, 300),
     (71, 300, 300), (71, 1111, 803), (3, 0, 5)],
)  # fmt: skip
def test_relu_within_a_product(kernels, dtype, rng, rows, inputs, units):
    """relu is taken before sums leave the registers, in whichever way they are made."""
    inp, weight, bias = (
        rng.normal(size=shape).astype(dtype)
        for shape in ((rows, inputs), (inputs, units), (units,))
    )
    inp[0] = 0  # whose sums are -0 where all weights are negative
    weight[:, 0] = -np.abs(weight[:, 0])
    bias[0] = -0.0
    inp[1:][rows // 2 :, inputs // 2 :] = np.nan
    expected, out = np.empty((2, rows, units), dtype)
    kernels.dense_forward(expected, inp, weight, bias)
    kernels.relu_forward(expected, expected)
    kernels.dense_forward(out, inp, weight, bias, "relu")
    assert out.tobytes() == expected.tobytes()
    assert (out == 0).any()


def test_backward_input(kernels, operands):
    dout, weight = operands["dout"], operands["weight"]
    dinp = np.empty((ROWS, INPUTS), np.float32)
    kernels.dense_backward_input(dinp, dout, weight, None)
    assert close(dinp, dout.astype(np.float64) @ weight.T)
    alone = np.empty((1, INPUTS), np.float32)
    kernels.dense_backward_input(alone, dout[40:41], weight, None)
    assert np.array_equal(alone[0], dinp[40])


def test_backward_input_of_few_rows(kernels, operands):
    dout, weight = operands["dout"][:33, :201].copy(), operands["weight"][:300, :201]
    dinp = np.empty((33, 300), np.float32)
    kernels.dense_backward_input(dinp, dout, weight.copy(), None)
    assert close(dinp, dout.astype(np.float64) @ weight.T)
    alone = np.empty((1, 300), np.float32)
    kernels.dense_backward_input(alone, dout[20:21], weight.copy(), None)
    assert np.array_equal(alone[0], dinp[20])


@pytest.mark.parametrize("threads", [2, 5])
def test_threads_share_the_columns(kernels, operands, threads, monkeypatch):
    inp, weight, dout = (operands[name] for name in ("inp", "weight", "dout"))
    out, dinp = (
        np.empty((ROWS, UNITS), np.float32),
        np.empty((ROWS, INPUTS), np.float32),
    )
    kernels.dense_forward(out, inp, weight, operands["bias"], "relu")
    kernels.dense_backward_input(dinp, dout, weight, inp, "relu")
    monkeypatch.setattr(kernels, "_run", partial(kernels._run, threads=threads))
    shared_out, shared_dinp = np.empty_like(out), np.empty_like(dinp)
    kernels.dense_forward(shared_out, inp, weight, operands["bias"], "relu")
    kernels.dense_backward_input(shared_dinp, dout, weight, inp, "relu")
    assert np.array_equal(shared_out, out)
    assert np.array_equal(shared_dinp, dinp)


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
