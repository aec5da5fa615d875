"""Whole trainings have the same bits on every instruction set that has FMA, and
with or without an instruction for bfloat16."""

import os
import subprocess
import sys

import pytest

from fastnn._core import dispatch

PROGRAM = """
import hashlib
import sys

import numpy as np

import fastnn
from fastnn.layers import Dense, Dropout

dtype = sys.argv[1]
fastnn.utils.set_random_seed(3)
rng = np.random.default_rng(0)
x = rng.normal(size=(300, 37)).astype("float64" if dtype == "float64" else "float32")
y = np.eye(7)[rng.integers(0, 7, 300)]
found = hashlib.sha256()
for function in ("relu", "tanh", "sigmoid", "elu", "softplus", "leaky_relu"):
    model = fastnn.Sequential([
        Dense(50, function, dtype=dtype),
        Dropout(0.2),
        Dense(21, function, kernel_regularizer="l2", dtype=dtype),
        Dense(7, "softmax", dtype=dtype),
    ])
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy", "mse"])
    history = model.fit(x, y, epochs=3, verbose=0)
    for weight in model.get_weights():
        found.update(weight.tobytes())
    found.update(repr(history.history).encode())
    found.update(model.predict(x).tobytes())
print(found.hexdigest())
"""


def digest(isa, dtype):
    environment = {**os.environ, "FASTNN_ISA": isa}
    command = [sys.executable, "-c", PROGRAM, dtype]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("dtype", ["float32", "float64", "mixed_bfloat16"])
def test_same_bits_with_avx2_and_avx512(dtype):
    if "avx512" not in dispatch.available():
        pytest.skip("this processor has one instruction set with FMA at most")
    assert digest("avx2", dtype) == digest("avx512", dtype)


@pytest.mark.parametrize("extension", dispatch.extensions())
def test_same_bits_with_an_extension_and_without(extension):
    without = digest(extension.partition("_")[0], "mixed_bfloat16")
    assert digest(extension, "mixed_bfloat16") == without
