"""What TensorBoard's own reader finds."""

import sys

import numpy as np
import pytest

from fastnn.callbacks import TensorBoard
from fastnn.layers import Dense, Input
from fastnn.models import Sequential

ROWS, BATCH = 24, 8


@pytest.fixture
def problem(rng):
    x = rng.normal(size=(ROWS, 3)).astype(np.float32)
    return x, x[:, :1]


@pytest.fixture
def model():
    model = Sequential([Input((3,)), Dense(4, name="first"), Dense(1, name="last")])
    model.compile("sgd", "mse", metrics=["mae"])
    return model


@pytest.fixture
def read():
    """A function from a folder to what its event files hold."""
    found = "tensorboard.backend.event_processing.event_accumulator"
    reader = pytest.importorskip(found)

    def read(folder):
        accumulator = reader.EventAccumulator(
            str(folder), size_guidance={reader.TENSORS: 0}
        )
        accumulator.Reload()
        return {
            tag: [(e.step, e.tensor_proto) for e in accumulator.Tensors(tag)]
            for tag in accumulator.Tags()["tensors"]
        }

    return read


def curve(events):
    from tensorboard.util.tensor_util import make_ndarray

    return [(step, float(make_ndarray(proto))) for step, proto in events]


def test_curves_of_epochs(model, problem, tmp_path, read):
    board = TensorBoard(tmp_path, write_graph=False)
    history = model.fit(
        *problem, epochs=3, validation_data=problem, callbacks=[board], verbose=0
    ).history
    train, validation = read(tmp_path / "train"), read(tmp_path / "validation")
    assert set(train) == {"epoch_loss", "epoch_mae", "epoch_learning_rate"}
    for name in ("loss", "mae"):
        points = curve(train[f"epoch_{name}"])
        assert [step for step, _ in points] == [0, 1, 2]
        assert [v for _, v in points] == pytest.approx(history[name], rel=1e-6)
        assert [v for _, v in curve(validation[f"epoch_{name}"])] == pytest.approx(
            history[f"val_{name}"], rel=1e-6
        )
    assert [v for _, v in curve(train["epoch_learning_rate"])] == pytest.approx(
        [0.01] * 3, rel=1e-6
    )
    steps = [step for step, _ in validation["evaluation_loss_vs_iterations"]]
    assert steps == [1, 2, 3]


def test_histograms_of_weights(model, problem, tmp_path, read):
    board = TensorBoard(tmp_path, histogram_freq=2, write_images=True)
    model.fit(*problem, epochs=4, callbacks=[board], verbose=0)
    train = read(tmp_path / "train")
    from tensorboard.util.tensor_util import make_ndarray

    events = train["first/kernel/histogram"]
    assert [step for step, _ in events] == [0, 2]
    buckets = make_ndarray(events[1][1])
    assert buckets.shape[1] == 3
    assert buckets[:, 2].sum() == 3 * 4
    width, height, png = make_ndarray(train["first/kernel/image"][0][1])
    assert (width, height) == (b"4", b"3")
    assert png.startswith(b"\x89PNG")
    assert "first" in str(train["model"][0][1].string_val)


def test_curves_of_batches(model, problem, tmp_path, read):
    board = TensorBoard(
        tmp_path, update_freq=2, write_graph=False, write_steps_per_second=True
    )
    model.fit(*problem, BATCH, epochs=2, callbacks=[board], verbose=0)
    train = read(tmp_path / "train")
    assert [step for step, _ in train["batch_loss"]] == [2, 4, 6]
    assert all(value > 0 for _, value in curve(train["batch_steps_per_second"]))
    assert all(value > 0 for _, value in curve(train["epoch_steps_per_second"]))


def test_evaluation_alone(model, problem, tmp_path, read):
    model.fit(*problem, BATCH, verbose=0)
    loss = model.evaluate(
        *problem, callbacks=[TensorBoard(tmp_path, write_graph=False)], verbose=0
    )[0]
    [(step, value)] = curve(
        read(tmp_path / "validation")["evaluation_loss_vs_iterations"]
    )
    assert step == 3
    assert value == pytest.approx(loss, rel=1e-6)


def test_without_tensorboard(model, problem, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorboard.compat.proto", None)
    with pytest.raises(ImportError, match=r"pip install fastnn\[tensorboard\]"):
        model.fit(*problem, callbacks=[TensorBoard(tmp_path)], verbose=0)


@pytest.mark.parametrize(
    "arguments",
    [
        {"profile_batch": 2},
        {"embeddings_freq": 1},
        {"embeddings_metadata": "a.tsv"},
        {"update_freq": 0},
        {"update_freq": "second"},
    ],
)
def test_what_is_not_supported(arguments):
    with pytest.raises(ValueError, match=r"TensorBoard expects .*Received: "):
        TensorBoard(**arguments)
