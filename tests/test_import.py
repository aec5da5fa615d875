"""What importing fastnn does to a process, and what it does not."""

import os
import subprocess
import sys

import pytest

from fastnn._core import dispatch


def run(program, **environment):
    return subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )


def output_of(program, **environment):
    result = run(program, **environment)
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


TRAIN = """
import numpy as np
import fastnn
from fastnn.layers import Dense, Input
from fastnn.models import Sequential
fastnn.utils.set_random_seed(1)
model = Sequential([Input((20,)), Dense(33, "tanh"), Dense(2, "softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
x = np.random.default_rng(1).normal(size=(100, 20)).astype(np.float32)
model.fit(x, (x.sum(axis=1) > 0).astype(int), epochs=3, verbose=0)
"""


def test_denormal_numbers_are_left_alone():
    program = f"""
tiny = float("5e-324")
def denormals():
    array = np.array([1e-310, 1e-40])
    single = np.array([1e-40], np.float32) * np.float32(1)
    return tiny * 1.0 != 0 and (array * 1.0 != 0).all() and single[0] != 0
import numpy as np
assert denormals()
import fastnn
assert denormals()
{TRAIN}
assert denormals()
model.predict(x)
fastnn.set_num_threads(2)
model.fit(x, np.zeros(100), verbose=0)
model.explain()
assert denormals()
class Broken(fastnn.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        assert denormals()
model.fit(x, np.zeros(100), verbose=0, callbacks=[Broken()])
def loss(y_true, y_pred):
    assert denormals()
    raise ValueError("from inside the engine")
model.compile("sgd", loss)
try:
    model.fit(x, np.zeros(100), verbose=0)
except ValueError as error:
    assert "inside" in str(error)
else:
    raise AssertionError
assert denormals()
"""
    output_of(program)


def test_big_packages_are_not_imported():
    program = f"{TRAIN}\nimport sys\nprint(*sys.modules)"
    loaded = {name.partition(".")[0] for name in output_of(program).split()}
    late = {"tqdm", "pandas", "scipy", "torch", "tensorflow", "keras", "matplotlib"}
    assert loaded & late == set()
    assert "fastnn" in loaded


@pytest.mark.parametrize("isa", dispatch.available())
def test_an_instruction_set_can_be_asked_for(isa):
    program = TRAIN + (
        "from fastnn._core import dispatch\n"
        "print(dispatch.isa, dispatch.kernels.__name__)\n"
        "fastnn.show_config()\n"
        "print('weights', *[round(float(abs(w).sum()), 2) for w in model.weights])\n"
    )
    program = program.replace("in model.weights", "in model.get_weights()")
    lines = output_of(program, FASTNN_ISA=isa.upper()).splitlines()
    assert lines[0] == f"{isa} fastnn._core.kernels_{isa}"
    assert any(
        line.startswith("instruction set") and f" {isa} " in line for line in lines
    )
    best = output_of(program, FASTNN_ISA="").splitlines()
    ours, theirs = (
        [float(number) for number in each[-1].split()[1:]] for each in (lines, best)
    )
    assert ours == pytest.approx(theirs, rel=1e-2)


def test_an_unknown_instruction_set_is_a_clear_error():
    result = run("import fastnn", FASTNN_ISA="avx3")
    assert result.returncode != 0
    last = result.stderr.strip().splitlines()[-1]
    assert last.startswith("ImportError: FASTNN_ISA='avx3': expected one of ")
    assert "baseline" in last


def test_the_same_training_in_two_processes():
    program = TRAIN + "print(*[w.tobytes().hex() for w in model.get_weights()])"
    assert output_of(program, PYTHONHASHSEED="1") == output_of(
        program, PYTHONHASHSEED="2"
    )


def test_show_config():
    lines = output_of("import fastnn; fastnn.show_config()").splitlines()
    said = dict(line.split(maxsplit=1) for line in lines)
    assert {"fastnn", "threads", "compiler", "NumPy", "Python"} <= set(said)
    assert "from" in said["threads"]
