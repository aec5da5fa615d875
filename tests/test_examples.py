"""The examples run, each as a program of its own."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parent.parent / "examples"


def run(name, *arguments, data_dir=None):
    environment = {**os.environ, "PYTHONWARNINGS": "default"}
    if data_dir is not None:
        environment["FASTNN_DATA_DIR"] = str(data_dir)
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / name), *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        env=environment,
    )
    assert done.returncode == 0, done.stderr
    return done


def number(text, pattern):
    return float(re.search(pattern, text).group(1))


def test_every_example_has_a_test():
    source = Path(__file__).read_text()
    for example in EXAMPLES.glob("*.py"):
        assert f'"{example.name}"' in source


def test_article(data_dir):
    done = run("article.py", "--epochs", "2", "--rows", "6000", data_dir=data_dir)
    assert "Epoch 2/2" in done.stdout
    assert number(done.stdout, r"test accuracy ([\d.]+)%") > 80
    assert "learning_rate" in done.stderr  # what the article's lr= is called today


def test_predictive_maintenance_without_data():
    done = run("predictive_maintenance.py", "--made", "--splits", "1", "--epochs", "3")
    assert 0 <= number(done.stdout, r"mean average precision ([\d.]+)") <= 1
    assert not done.stderr


@pytest.mark.parametrize("by", ["path", "folder"])
def test_predictive_maintenance_on_the_real_data(data_dir, by):
    path = [str(data_dir / "ai4i2020" / "ai4i2020.csv.gz")] if by == "path" else []
    done = run(
        "predictive_maintenance.py",
        *path,
        *("--splits", "1", "--epochs", "3"),
        data_dir=data_dir,
    )
    assert "10000 parts, 339 failed" in done.stdout


def test_regression():
    done = run("regression.py", "--epochs", "30", "--rows", "1000")
    assert number(done.stdout, r"R2 (-?[\d.]+)") > 0.3
    assert not done.stderr
