"""Progbar."""

import logging
import re

import pytest

from fastnn import config
from fastnn.utils import Progbar


def test_a_line_at_the_end(capsys):
    bar = Progbar(3, verbose=2)
    for step in (1, 2, 3):
        bar.update(step, [("loss", step / 2)])
    shown = capsys.readouterr().out
    assert re.fullmatch(r"3/3 - 0s - \d+(us|ms)/step - loss: 1.5000\n", shown)


def test_means_over_steps_and_numbers_as_they_are():
    bar = Progbar(9, verbose=0, stateful_metrics=["rate"])
    bar.update(1, [("loss", 4.0), ("rate", 5.0)])
    bar.add(2, [("loss", 1.0), ("rate", 6.0)])
    assert bar.means == {"loss": 2.0, "rate": 6.0}
    bar = Progbar(9, verbose=0, stateless_metrics=["rate"])
    bar.update(1, [("loss", 4.0), ("rate", 5.0)])
    bar.add(1, [("loss", 1.0), ("rate", 6.0)])
    assert bar.means == {"loss": 1.0, "rate": 5.5}
    bar.update(9, [("rate", 2.0)])
    assert bar.means == {"loss": 1.0, "rate": 2.0}


def test_a_bar(capsys):
    bar = Progbar(4, width=7, interval=0.0, unit_name="batch")
    bar.update(1, [("loss", 0.5)])
    bar.update(4, [("loss", 0.25)])
    first, *_, last = capsys.readouterr().out.strip().split("\r")
    assert "1/4" in first
    assert "loss=0.5000" in first
    assert "batch" in first
    assert "loss=0.2500" in last
    assert len(re.search(r"\|(.*?)\|", last)[1]) == 7


def test_an_interval_between_drawings(capsys):
    bar = Progbar(4, interval=1000.0)
    for step in (1, 2, 3):
        bar.update(step)
    assert capsys.readouterr().out.count("\r") <= 2


def test_no_end_in_sight(capsys):
    bar = Progbar(None, interval=0.0)
    bar.update(5)
    bar.update(6, finalize=True)
    assert "6step" in capsys.readouterr().out


def test_both_lists_are_refused():
    with pytest.raises(ValueError, match="Received: "):
        Progbar(1, stateful_metrics=["a"], stateless_metrics=["b"])


def test_without_interactive_logging_messages_are_logged(capsys, caplog):
    config.disable_interactive_logging()
    try:
        assert not config.is_interactive_logging_enabled()
        with caplog.at_level(logging.INFO, "fastnn"):
            Progbar(1, verbose=2).update(1)
    finally:
        config.enable_interactive_logging()
    assert config.is_interactive_logging_enabled()
    assert capsys.readouterr().out == ""
    assert caplog.messages[0].startswith("1/1 - 0s")
