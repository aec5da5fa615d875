"""Measures fastnn beside every peer that is installed.

    python -m benchmarks.compare                     all cases, all peers
    python -m benchmarks.compare --cases article tabular --rounds 9
    python -m benchmarks.compare --python ~/peers/bin/python --save

Each peer runs in a process of its own, all with the same number of threads, and they
take turns: A B C, A B C, ... so that a slow moment of the machine meets them all.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

if __package__ in (None, ""):
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

from benchmarks import machine, quiet, report
from benchmarks.cases import CASES_BY_NAME
from benchmarks.contest import Contest
from benchmarks.peers import PEERS, PEERS_BY_NAME

RESULTS = Path(__file__).resolve().parent / "results"
FIND = "import importlib.util as u, sys; sys.exit(u.find_spec(sys.argv[1]) is None)"


def main() -> None:
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
    for name in options.cases:
        case = CASES_BY_NAME[name]
        results = contest.play(case)
        if results:
            played.append((case, results))
            print(f"\n{report.table(case, results)}", flush=True)
    if options.save:
        document = report.as_document(described, options.threads, played)
        print(f"\nsaved {report.save(document, RESULTS)}")


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description="Speed and memory of fastnn beside its peers, in one run."
    )
    add = parser.add_argument
    add("--threads", type=positive, default=2, help="threads of every peer (2)")
    add("--rounds", type=positive, default=5, help="turns of every peer (5)")
    add("--cases", nargs="+", default=list(CASES_BY_NAME), choices=CASES_BY_NAME)
    add("--peers", nargs="+", default=list(PEERS_BY_NAME), choices=PEERS_BY_NAME)
    add(
        "--python",
        nargs="+",
        default=[],
        metavar="PATH",
        help="more interpreters in which to look for peers",
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
            command = [candidate, "-c", FIND, PEERS_BY_NAME[name].package]
            search = subprocess.run(command, check=False, cwd=RESULTS.anchor)
            if search.returncode == 0:
                found[name] = candidate
                break
        else:
            print(f"not installed: {PEERS_BY_NAME[name].title}")
    return found


if __name__ == "__main__":
    main()
