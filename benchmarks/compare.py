"""Measures fastnn beside every peer that is installed.

    python -m benchmarks.compare                     all cases, all peers
    python -m benchmarks.compare --cases article tabular --rounds 9
    python -m benchmarks.compare --cases grid --batches 32 --widths 32 512 --depths 2
    python -m benchmarks.compare --python ~/peers/bin/python --save

Each peer runs in a process of its own, all with the same number of threads, and they
take turns: A B C, A B C, ... so that a slow moment of the machine meets them all.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from pathlib import Path

if __package__ in (None, ""):
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

from benchmarks import machine, quiet, report
from benchmarks.cases import BATCHES, CASES_BY_NAME, DEPTHS, WIDTHS, grid
from benchmarks.contest import Contest
from benchmarks.peers import PEERS, PEERS_BY_NAME

RESULTS = Path(__file__).resolve().parent / "results"
FIND = (
    "import importlib.util as u, sys; sys.exit(None in map(u.find_spec, sys.argv[1:]))"
)
GRID = "grid"


def main() -> None:
    begun = time.monotonic()
    options = parse()
    interpreters = find_interpreters(options.peers, [sys.executable, *options.python])
    contest = Contest(
        interpreters=interpreters,
        entries=tuple(entry for entry in PEERS if entry.name in interpreters),
        threads=options.threads,
        rounds=options.rounds,
        short=options.short,
        quiet=options.quiet,
    )
    described = machine.describe()
    print(", ".join(f"{key} {value}" for key, value in described.items()))
    print(f"threads {options.threads}, rounds {options.rounds}", flush=True)
    played = []
    try:
        for name in options.cases:
            if name == GRID:
                continue
            case = CASES_BY_NAME[name]
            results = contest.play(case)
            if results:
                played.append((case, results))
                print(f"\n{report.table(case, results)}", flush=True)
        if GRID in options.cases:
            played += play_grid(contest, options, begun + 60 * options.minutes)
    finally:
        contest.close()
    if options.save:
        document = report.as_document(described, options.threads, played)
        print(f"\nsaved {report.save(document, RESULTS)}")


def play_grid(contest: Contest, options: argparse.Namespace, end: float) -> list:
    """The cells of the grid, those of most interest first, until `end`."""
    cells = grid(options.batches, options.widths, options.depths)
    table = report.GridTable(contest.entries)
    print(f"\n{table.header()}", flush=True)
    for cell in cells[: 1 if options.short else None]:
        if time.monotonic() > end:
            break
        workers = [w for w in contest.ready(cell) if not w.entry.variant]
        print(table.line(cell, contest.play_with(workers, cell)), flush=True)
    print(f"\n{table.summary()}")
    missing = len(cells) - len(table.cells)
    if missing:
        print(f"  {missing} cells not measured: out of --minutes {options.minutes:g}")
    return table.cells


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description="Speed and memory of fastnn beside its peers, in one run."
    )
    add = parser.add_argument
    add("--threads", type=positive, default=2, help="threads of every peer (2)")
    add("--rounds", type=positive, default=3, help="turns of every peer (3)")
    names = [*CASES_BY_NAME, GRID]
    add("--cases", nargs="+", default=names, choices=names)
    add("--peers", nargs="+", default=list(PEERS_BY_NAME), choices=PEERS_BY_NAME)
    add(
        "--python",
        nargs="+",
        default=[],
        metavar="PATH",
        help="more interpreters in which to look for peers",
    )
    for axis, values in (("batches", BATCHES), ("widths", WIDTHS), ("depths", DEPTHS)):
        add(
            f"--{axis}",
            nargs="+",
            type=int,
            default=list(values),
            choices=sorted(values),
            help="of the grid",
        )
    add(
        "--minutes",
        type=float,
        default=12.0,
        help="no cell of the grid is begun later than this after the start (12)",
    )
    add("--short", action="store_true", help="a few steps only, to see that it runs")
    add(
        "--quiet",
        action="store_true",
        help="take a turn again during which other processes were busy (Linux)",
    )
    add("--save", action="store_true", help="write JSON into benchmarks/results/")
    options = parser.parse_args()
    if options.quiet and not quiet.supported():
        parser.error("--quiet: expected a system with /proc/stat")
    if options.threads > machine.processors():
        parser.error(
            f"--threads: expected at most {machine.processors()}, the processors that "
            f"this process may use. Received: {options.threads}"
        )
    return options


def positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"expected at least 1. Received: {value}")
    return value


def find_interpreters(names: list[str], candidates: list[str]) -> dict[str, str]:
    """For each peer the first interpreter that has its package; says who is absent."""
    found = {}
    for name in names:
        for candidate in candidates:
            command = [candidate, "-c", FIND, *PEERS_BY_NAME[name].packages.split()]
            search = subprocess.run(command, check=False, cwd=RESULTS.anchor)
            if search.returncode == 0:
                found[name] = candidate
                break
        else:
            print(f"not installed: {PEERS_BY_NAME[name].title}")
    return found


if __name__ == "__main__":
    main()
