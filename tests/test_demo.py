"""The demo: preparation, scores, words, and the whole of it."""

import math
import subprocess
import sys

import numpy as np
import pytest

import fastnn
from fastnn.__main__ import main
from fastnn.datasets import predictive_maintenance
from fastnn.demo import (
    FailureDetector,
    Scores,
    Standardizer,
    average_precision,
    machine_features,
    run,
    score,
    words,
)


@pytest.fixture(scope="module")
def made():
    return predictive_maintenance.make_data()


def test_machine_features_add_power_temperature_difference_and_strain():
    x = np.array([[1, 298.0, 308.5, 1500, 40, 200]])
    features = machine_features(x)
    assert np.array_equal(features[:, :6], x)
    assert features[0, 6:] == pytest.approx([6283.185, 10.5, 8000])


def test_standardizer_uses_the_training_rows(rng):
    train = rng.normal(5, 3, (1000, 2))
    scale = Standardizer(np.column_stack((train, np.ones(1000))))
    scaled = scale(np.column_stack((train, np.ones(1000))))
    assert scaled.dtype == np.float32
    assert np.allclose(scaled.mean(axis=0), 0, atol=1e-6)
    assert np.allclose(scaled.std(axis=0), [1, 1, 0], atol=1e-6)
    shifted = scale(np.array([[8.0, 5.0, 2.0]]))
    assert shifted[0, 0] == pytest.approx(1, abs=0.2)


@pytest.mark.parametrize(
    ("truth", "risk", "expected"),
    [
        ([1, 1, 0, 0], [4, 3, 2, 1], 1),
        ([0, 0, 1], [3, 2, 1], 1 / 3),
        ([1, 0, 1, 0], [4, 3, 2, 1], (1 + 2 / 3) / 2),
        ([1, 0, 0, 0], [1, 1, 1, 1], 1 / 4),
        ([1, 0, 1], [2, 2, 1], (1 / 2 + 2 / 3) / 2),
    ],
)
def test_average_precision(truth, risk, expected):
    assert average_precision(np.array(truth), np.array(risk)) == pytest.approx(expected)


@pytest.mark.parametrize("truth", [[], [0, 0]])
def test_average_precision_without_failures_is_nan(truth):
    assert math.isnan(average_precision(np.array(truth), np.zeros(len(truth))))


def test_average_precision_is_its_definition(rng):
    truth = rng.random(200) < 0.2
    risk = np.round(rng.random(200) + 0.3 * truth, 1)
    expected, recall_before = 0, 0
    for threshold in sorted(set(risk), reverse=True):
        flagged = risk >= threshold
        recall = (flagged & truth).sum() / truth.sum()
        expected += (recall - recall_before) * (flagged & truth).sum() / flagged.sum()
        recall_before = recall
    assert average_precision(truth, risk) == pytest.approx(expected)


def test_scores_by_failure_mode():
    y = np.array([[1, 1, 0, 0, 0, 0], [1, 1, 1, 0, 0, 0], [0] * 6, [0] * 6])
    scores = score(y, np.array([0.1, 0.9, 0.8, 0.2]))
    assert (scores.parts, scores.failures, scores.alarms, scores.found) == (4, 2, 2, 1)
    assert scores.precision == scores.recall == 0.5
    assert scores.modes == {
        "TWF": (2, 1),
        "HDF": (1, 1),
        "PWF": (0, 0),
        "OSF": (0, 0),
        "RNF": (0, 0),
    }


def test_the_words_hold_without_alarms_and_failures():
    modes = dict.fromkeys(predictive_maintenance.TARGETS[1:], (0, 0))
    scores = Scores(10, 0, 0, 0, float("nan"), modes)
    text = words.about_scores(scores) + words.about_meaning(scores)
    assert "There was no alarm" in text


def test_the_demo_finds_what_can_be_found():
    lines = []
    scores = run(write=lines.append)
    assert scores.average_precision > 0.7
    assert scores.precision > 0.7
    found = [scores.modes[mode] for mode in ("HDF", "PWF", "OSF")]
    assert sum(flagged for _, flagged in found) > 0.75 * sum(n for n, _ in found)
    text = "\n".join(lines)
    for part in ("10000 parts", "average precision", "tool wear", "What it means"):
        assert part in text


def test_the_detector_is_the_same_for_the_same_seed(made):
    x, y = made
    risks = []
    for _ in range(2):
        detector = FailureDetector(seed=3)
        history = detector.fit(x[:2000], y[:2000], epochs=3)
        risks.append(detector.risk(x[2000:2100]))
    assert len(history.epoch) == 3
    assert np.array_equal(*risks)
    assert risks[0].shape == (100,)
    assert ((risks[0] >= 0) & (risks[0] <= 1)).all()


def test_the_risk_is_known_after_training():
    with pytest.raises(RuntimeError, match="`fit` before `risk`"):
        FailureDetector().risk(np.zeros((1, 6)))


def test_mean_average_precision_on_the_real_data(data_dir):
    path = data_dir / "ai4i2020" / "ai4i2020.csv.gz"
    scores = [run(path, seed=seed, write=lambda line: None) for seed in range(5)]
    assert np.mean([one.average_precision for one in scores]) >= 0.75


class TestCommandLine:
    def test_help(self, capsys):
        assert main([]) == 0
        assert "demo" in capsys.readouterr().out

    @pytest.mark.parametrize("arguments", [["--help"], ["demo", "--help"]])
    def test_help_of_each_command(self, arguments, capsys):
        with pytest.raises(SystemExit) as end:
            main(arguments)
        assert end.value.code == 0
        assert "usage: python -m fastnn" in capsys.readouterr().out

    def test_version(self, capsys):
        with pytest.raises(SystemExit):
            main(["--version"])
        assert capsys.readouterr().out.strip() == f"fastnn {fastnn.__version__}"

    def test_an_unknown_command_fails(self, capsys):
        with pytest.raises(SystemExit) as end:
            main(["dance"])
        assert end.value.code == 2
        assert "dance" in capsys.readouterr().err

    def test_a_missing_file_is_said_without_a_traceback(self, tmp_path, capsys):
        assert main(["demo", "--data", str(tmp_path / "none.csv")]) == 1
        assert "none.csv" in capsys.readouterr().err

    def test_the_demo_runs_as_a_program(self):
        program = [sys.executable, "-m", "fastnn", "demo", "--rows", "2000"]
        done = subprocess.run(
            [*program, "--epochs", "3"], capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stderr
        assert not done.stderr
        assert "What it means" in done.stdout
