"""The comparison runs, and the peers in it do the same work."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import cases, peers, quiet, report
from benchmarks.contest import Result

ROOT = Path(__file__).resolve().parents[2]
TRAININGS = [c.name for c in cases.CASES if c.kind == "train" and not c.busy]


def result(name, *values):
    rounds = [{"value": value} for value in values]
    return Result(peers.PEERS_BY_NAME[name], "1.0", rounds)


def test_every_case_is_printed():
    command = [sys.executable, "-m", "benchmarks.compare", "--short", "--threads", "1"]
    command += ["--rounds", "1", "--peers", "fastnn", "numpy"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert [c.name for c in cases.CASES if f"\n{c.name}: {c.title}" in run.stdout] == [
        c.name for c in cases.CASES
    ]
    first = cases.grid(cases.BATCHES, cases.WIDTHS, cases.DEPTHS)[0]
    assert f"\n  {first.name.removeprefix('grid-')} " in run.stdout


@pytest.mark.parametrize("name", TRAININGS)
def test_fastnn_and_numpy_reach_the_same_loss(name):
    case = cases.CASES_BY_NAME[name].shortened()
    data = cases.make_data(case)
    # so large a network learns the rows by heart, in an order of each peer's own
    epochs = 1 if name == "large" else 5
    losses = [
        peers.PEERS_BY_NAME[peer].load()(1).train_case(case, data)(epochs)
        for peer in ("fastnn", "numpy")
    ]
    assert losses[0] == pytest.approx(losses[1], rel=0.1)


def test_a_peer_ahead_is_marked():
    rows = [result("fastnn", 4.0, 4.0, 9.0), result("numpy", 2.0, 8.0, 3.0)]
    table = report.table(cases.CASES_BY_NAME["article"], rows)
    line = next(line for line in table.splitlines() if "NumPy by hand" in line)
    assert "0.50x  < ahead of fastnn" in line


def test_a_variant_of_fastnn_is_never_called_ahead():
    rows = [result("fastnn", 4.0), result("fastnn_bf16", 2.0)]
    assert "ahead" not in report.table(cases.CASES_BY_NAME["article"], rows)


def test_the_grid_marks_and_counts_where_a_peer_is_ahead():
    entries = [peers.PEERS_BY_NAME[name] for name in ("fastnn", "numpy", "onnx")]
    table = report.GridTable(entries)
    lines = [
        table.line(cell, [result("fastnn", 4.0), result("numpy", value)])
        for cell, value in zip(cases.grid((1, 8), (8,), (1,)), (2.0, 8.0), strict=True)
    ]
    assert lines[0].endswith(" 0.50*")
    assert lines[1].endswith(" 2.00 ")
    assert table.summary().splitlines()[1].split() == [
        *("numpy", "1.00", "0.50", "1", "of", "2", "cells")
    ]


def test_every_cell_of_the_grid_goes_by_its_name():
    cells = cases.grid(cases.BATCHES, cases.WIDTHS, cases.DEPTHS)
    assert len(cells) == len(set(cells)) == 5 * 9 * 4
    assert all(cases.case_named(cell.name) == cell for cell in cells)


def test_flops_of_a_step():
    case = cases.cell(8, 16, 2)
    forward = 16 * 16 + 16 * 16 + 16
    backward = forward + 16 * 16 + 16
    assert case.flops == 2 * 8 * (forward + backward)


def test_time_over_that_of_the_products_at_peak():
    peer = result("fastnn", 6.0, 3.0)
    peer.rounds[0]["ideal"], peer.rounds[1]["ideal"] = 2.0, 1.5
    assert report.over_ideal(peer) == 2.0


def test_ratios_are_taken_within_rounds():
    ours, theirs = result("fastnn", 1.0, 10.0, 2.0), result("numpy", 3.0, 30.0, 4.0)
    assert report.ratio(theirs, ours) == 3.0


def test_saved_file_says_where_and_what(tmp_path):
    case = cases.CASES_BY_NAME["article"]
    machine = {"architecture": "x86_64", "processors": 2}
    played = [(case, [result("fastnn", 1.0), result("numpy", 3.0)])]
    path = report.save(report.as_document(machine, 2, played), tmp_path)
    document = json.loads(path.read_text())
    assert document["machine"] == machine
    assert document["versions"] == {"fastnn": "1.0", "numpy": "1.0"}
    rows = document["cases"][0]["peers"]
    assert [row["ratio_to_fastnn"] for row in rows] == [1.0, 3.0]


@pytest.mark.skipif(not quiet.supported(), reason="needs /proc/stat")
def test_another_busy_process_is_noticed():
    clock = quiet.Clock(os.getpid())
    busy = "import time\nend = time.time() + 0.5\nwhile time.time() < end: pass"
    subprocess.run([sys.executable, "-c", busy], check=True)
    assert clock.disturbed()


def test_disturbed_rounds_are_told():
    peer = result("fastnn", 1.0, 2.0)
    peer.rounds[0]["disturbed"] = True
    assert "others busy in 1 of 2 rounds" in report.extras(peer)
