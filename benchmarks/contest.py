"""Starts the peers' processes and lets them take turns."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import quiet
from benchmarks.cases import Case
from benchmarks.peers import Entry

ROOT = Path(__file__).resolve().parent.parent
# The measured packages are the installed ones: the checkout is on the path only while
# this room itself is imported.
START = (
    f"import sys; sys.path.insert(0, {str(ROOT)!r}); import benchmarks.worker as w; "
    "sys.path.pop(0); w.main(sys.argv[1:])"
)
IMPORT = "import time; t = time.perf_counter(); {}; print(time.perf_counter() - t)"
THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "FASTNN_NUM_THREADS",
)
PAUSE = 0.05  # seconds between turns: spinning threads of the last peer go to sleep


@dataclass
class Result:
    """One peer's figures for one case, a dictionary per round."""

    peer: Entry
    version: str
    rounds: list[dict] = field(default_factory=list)

    @property
    def values(self) -> list[float]:
        return [figures["value"] for figures in self.rounds]


@dataclass(frozen=True)
class Contest:
    """Who takes part, on which interpreters, with how many threads and rounds."""

    interpreters: dict[str, str]  # peer -> interpreter
    entries: tuple[Entry, ...]
    threads: int
    rounds: int
    short: bool = False
    quiet: bool = False  # disturbed turns are taken again

    def environment(self) -> dict[str, str]:
        variables = dict(os.environ)
        variables.pop("PYTHONPATH", None)
        variables.update(dict.fromkeys(THREAD_VARIABLES, str(self.threads)))
        variables.update(
            KERAS_BACKEND="jax", JAX_PLATFORMS="cpu", CUDA_VISIBLE_DEVICES=""
        )
        return variables

    def play(self, case: Case) -> list[Result]:
        """All rounds of one case: A B C, A B C, ..."""
        entries = [entry for entry in self.entries if takes_part(entry, case)]
        if case.kind == "import":
            return self.play_import(entries)
        if case.fresh:
            return self.play_fresh(entries, case)
        workers = [self.start(entry, case) for entry in entries]
        try:
            for _ in range(self.rounds):
                for worker in workers:
                    worker.take_turn()
        finally:
            for worker in workers:
                worker.stop()
        return [worker.result for worker in workers]

    def play_fresh(self, entries: list[Entry], case: Case) -> list[Result]:
        """One process per peer and round; memory that leaks is measured once."""
        results: dict[str, Result] = {}
        for _ in range(1 if case.kind == "leak" else self.rounds):
            for entry in entries:
                worker = self.start(entry, case)
                try:
                    worker.take_turn()
                finally:
                    worker.stop()
                known = results.setdefault(entry.name, worker.result)
                if known is not worker.result:
                    known.rounds += worker.result.rounds
        return list(results.values())

    def play_import(self, entries: list[Entry]) -> list[Result]:
        """Times each import in interpreters of their own, after one unmeasured."""
        unique = {entry.statement: entry for entry in reversed(entries)}
        results = [Result(e, "") for e in entries if unique[e.statement] is e]
        for turn in range(self.rounds + 1):
            for result in results:
                milliseconds = self.time_import(result.peer) * 1e3
                if turn:
                    result.rounds.append({"value": milliseconds})
        return results

    def time_import(self, entry: Entry) -> float:
        command = [self.interpreters[entry.name], "-c", IMPORT.format(entry.statement)]
        if self.quiet:
            quiet.wait_until_idle(os.getpid())
        with tempfile.TemporaryDirectory() as elsewhere:
            answer = subprocess.run(
                command,
                cwd=elsewhere,
                env=self.environment(),
                check=True,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
        return float(answer.stdout.split()[-1])

    def start(self, entry: Entry, case: Case) -> Worker:
        return Worker(self, entry, case)


class Worker:
    """The handle on one peer's process."""

    def __init__(self, contest: Contest, entry: Entry, case: Case):
        command = [contest.interpreters[entry.name], "-c", START]
        command += [entry.name, case.name, "--threads", str(contest.threads)]
        if contest.short:
            command.append("--short")
        self.entry = entry
        # Memory is the same beside others, and only the first turn counts for it.
        self.quiet = contest.quiet and case.kind in ("train", "predict")
        self.elsewhere = tempfile.TemporaryDirectory()
        # Closed by `stop`, with the process that writes into it.
        self.complaints = tempfile.TemporaryFile("w+")  # noqa: SIM115
        self.process = subprocess.Popen(
            command,
            cwd=self.elsewhere.name,
            env=contest.environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.complaints,
            text=True,
        )
        hello = self.read()
        if "absent" in hello:
            self.stop()
            raise RuntimeError(f"{entry.title} did not import: {hello['absent']}")
        self.result = Result(entry, hello["version"])

    def take_turn(self) -> None:
        """One round, while all other peers wait."""
        time.sleep(PAUSE)
        figures = self.quiet_turn() if self.quiet else self.turn()
        self.result.rounds.append(figures)

    def quiet_turn(self) -> dict:
        """A turn in which no other process was busy, if one of many is."""
        for _ in range(quiet.ATTEMPTS):
            quiet.wait_until_idle(self.process.pid)
            clock = quiet.Clock(self.process.pid)
            figures = self.turn()
            figures["disturbed"] = clock.disturbed()
            if not figures["disturbed"]:
                break
        return figures

    def turn(self) -> dict:
        self.process.stdin.write("run\n")
        self.process.stdin.flush()
        return self.read()

    def read(self) -> dict:
        line = self.process.stdout.readline()
        if line:
            return json.loads(line)
        self.process.wait()
        self.complaints.seek(0)
        tail = "\n".join(self.complaints.read().splitlines()[-15:])
        raise RuntimeError(f"{self.entry.title} stopped:\n{tail}")

    def stop(self) -> None:
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()
        self.complaints.close()
        self.elsewhere.cleanup()


def takes_part(entry: Entry, case: Case) -> bool:
    if case.peers is not None:
        return entry.name in case.peers
    return entry.predicts or case.kind != "predict"
