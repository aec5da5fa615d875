"""Logs as a table on disk."""

import csv
import pickle

import numpy as np
import pytest
from stand_in_model import train

from fastnn.callbacks import CSVLogger


def rows(path, separator=","):
    with open(path, newline="") as file:
        return list(csv.reader(file, delimiter=separator))


LOGS = [{"loss": 0.5, "acc": 1.0}, {"loss": 0.25, "acc": 2.0, "val_loss": 3.0}]


def test_a_line_for_each_epoch(tmp_path):
    path = tmp_path / "a.csv"
    train(CSVLogger(path), LOGS)
    assert rows(path) == [
        ["epoch", "acc", "loss", "val_acc", "val_loss"],
        ["0", "1.0", "0.5", "NA", "NA"],
        ["1", "2.0", "0.25", "NA", "3.0"],
    ]


def test_names_of_validation_are_not_doubled(tmp_path):
    path = tmp_path / "a.csv"
    train(CSVLogger(path), [{"loss": 1.0, "val_loss": 2.0}])
    assert rows(path)[0] == ["epoch", "loss", "val_loss"]


def test_the_separator(tmp_path):
    path = tmp_path / "a.csv"
    train(CSVLogger(path, separator=";"), [{"loss": 1.0, "val_loss": 2.0}])
    assert rows(path, ";")[1] == ["0", "1.0", "2.0"]
    assert ";" in path.read_text()


def test_append_has_one_header(tmp_path):
    path = tmp_path / "a.csv"
    for _ in range(2):
        train(CSVLogger(path, append=True), [{"loss": 1.0, "val_loss": 2.0}])
    assert [row[0] for row in rows(path)] == ["epoch", "0", "0"]
    train(CSVLogger(path), [{"loss": 1.0, "val_loss": 2.0}])
    assert [row[0] for row in rows(path)] == ["epoch", "0"]


def test_arrays_become_lists(tmp_path):
    path = tmp_path / "a.csv"
    logs = {"loss": np.float32(1.0), "per_class": np.array([1, 2]), "val_x": "text"}
    train(CSVLogger(path), [logs])
    assert rows(path)[1] == ["0", "1.0", '"[1, 2]"', "text"]


def test_lines_are_there_before_training_ends(tmp_path):
    path = tmp_path / "a.csv"
    logger = CSVLogger(path)
    logger.on_train_begin()
    logger.on_epoch_end(0, {"loss": 1.0})
    assert len(rows(path)) == 2
    logger.on_train_begin()  # a training that never ended is no trouble
    assert rows(path) == []
    logger.on_train_end()
    pickle.loads(pickle.dumps(logger))


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(FileNotFoundError):
        train(CSVLogger(tmp_path / "no" / "a.csv"), LOGS)
