"""A plan in words."""

import numpy as np
import pytest

from fastnn.layers import Dense, Dropout, Input
from fastnn.models import Sequential
from fastnn.plan.costs import flops, traffic
from fastnn.plan.report import describe
from fastnn.plan.tensor import Op, Tensor


@pytest.fixture
def model():
    model = Sequential([
        Input((20,)),
        Dense(64, "relu", name="hidden"),
        Dropout(0.2, name="drop"),
        Dense(3, "softmax", name="last"),
    ])  # fmt: skip
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    return model


def product():
    x, out = (Tensor(n, (size,), "float32") for n, size in (("x", 20), ("out", 64)))
    sizes = (1, 20, 64, out.row, x.row, 64)
    return Op("dense_forward", (out,), (x, None, None), sizes=sizes, layer="hidden")


def test_costs_of_a_product():
    assert flops(product(), 32) == 2 * 32 * 20 * 64
    assert traffic(product(), 32) == 32 * (20 + 64) * 4


def test_a_table():
    lines = describe("a plan", [product()], 32, [1e-6]).splitlines()
    assert lines[0] == "a plan"
    assert lines[1].split() == [
        "layer", "operation", "result", "bytes", "flops", "time", "share"
    ]  # fmt: skip
    assert "(32, 64)" in lines[2]
    assert "1.00 us" in lines[2]
    assert "100 %" in lines[2]
    assert lines[3].startswith("one step of 32 rows: 1.0 us, 81.9 kflop, 81.9 Gflop/s")


def test_nothing_measured_is_no_division_by_zero():
    assert "-" in describe("a plan", [product()], 1, [0.0])


@pytest.mark.parametrize(
    ("mode", "inside", "absent"),
    [
        ("train", ["adam_update", "dropout_forward", "dense_backward_weight"], []),
        ("evaluate", ["loss_total", "mean_accumulate"], ["adam", "dropout"]),
        ("predict", ["softmax_forward", "scatter"], ["loss", "adam", "dropout"]),
    ],
)
def test_explain(model, mode, inside, absent, capsys):
    text = model.explain(batch_size=8, mode=mode)
    assert capsys.readouterr().out == text + "\n"
    assert text.startswith(f"{mode} plan of {model.name!r}, float32")
    for name in ["dense_forward + relu", "hidden", "(8, 64)", *inside]:
        assert name in text
    for name in absent:
        assert name not in text


def test_explain_chooses_what_the_model_is_ready_for(model, capsys):
    assert model.explain().startswith("train")
    plain = Sequential([Input((3,)), Dense(2)])
    assert plain.explain().startswith("predict")


def test_explain_leaves_everything_as_it_was(model, rng, capsys):
    x = rng.normal(size=(64, 20)).astype(np.float32)
    y = np.eye(3, dtype=np.float32)[rng.integers(0, 3, 64)]
    model.fit(x, y, verbose=0)
    before = model.get_weights(), model.get_metrics_result()
    slots = [b.copy() for s in model.optimizer.slot_values.values() for b in s.values()]
    for mode in ("train", "evaluate", "predict"):
        model.explain(mode=mode)
    for ours, theirs in zip(model.get_weights(), before[0], strict=True):
        assert np.array_equal(ours, theirs)
    assert model.get_metrics_result() == before[1]
    after = [b for s in model.optimizer.slot_values.values() for b in s.values()]
    for ours, theirs in zip(after, slots, strict=True):
        assert np.array_equal(ours, theirs)
    assert model.optimizer.iterations == 2


def test_explain_refuses_what_it_does_not_know(model):
    with pytest.raises(ValueError, match="Received: mode='fit'"):
        model.explain(mode="fit")
    with pytest.raises(ValueError, match="batch_size"):
        model.explain(batch_size=0)
