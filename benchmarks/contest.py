"""Starts the peers' processes and lets them take turns."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
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
BURN = """
import os, sys
if hasattr(os, "sched_setaffinity"):
    allowed = sorted(os.sched_getaffinity(0))[: int(sys.argv[1])]
    os.sched_setaffinity(0, allowed[-1:])
parent = os.getppid()
while os.getppid() == parent:
    pass
"""
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
    workers: dict[str, Worker | None] = field(default_factory=dict)

    def environment(self, entry: Entry) -> dict[str, str]:
        variables = dict(os.environ)
        variables.pop("PYTHONPATH", None)
        variables.pop("PYTHONDONTWRITEBYTECODE", None)  # modules are compiled once
        variables.update(dict.fromkeys(THREAD_VARIABLES, str(self.threads)))
        variables.update(
            KERAS_BACKEND="jax", JAX_PLATFORMS="cpu", CUDA_VISIBLE_DEVICES=""
        )
        variables.update(entry.environment)
        return variables

    def play(self, case: Case) -> list[Result]:
        """All rounds of one case: A B C, A B C, ..."""
        if case.kind == "import":
            return self.play_import(case)
        if case.fresh:
            return self.play_fresh(case)
        return self.play_with(self.ready(case), case)

    def ready(self, case: Case) -> list[Worker]:
        """The processes of the peers that take part, started where they are not yet:
        each answers one case after the other."""
        for entry in self.entries:
            if takes_part(entry, case) and entry.name not in self.workers:
                self.workers[entry.name] = self.start(entry)
        workers = [self.workers.get(entry.name) for entry in self.entries]
        return [w for w in workers if w is not None and takes_part(w.entry, case)]

    def start(self, entry: Entry) -> Worker | None:
        """A new process; None for a variant that cannot run here."""
        worker = Worker(self, entry)
        if not worker.absent:
            return worker
        worker.stop()
        if not entry.variant:
            raise RuntimeError(f"{entry.title} did not import: {worker.absent}")
        print(f"not available: {entry.title} ({worker.absent})")
        return None

    def close(self) -> None:
        """Ends the processes."""
        for worker in self.workers.values():
            if worker is not None:
                worker.stop()
        self.workers.clear()

    def play_with(self, workers: list[Worker], case: Case) -> list[Result]:
        """All rounds of one case, in processes that have been started."""
        for worker in workers:
            worker.prepare(case)
        with burner(self.threads) if case.busy else contextlib.nullcontext():
            for _ in range(self.rounds_of(case)):
                for worker in workers:
                    worker.take_turn()
        for worker in workers:
            worker.ask("forget")
        return [worker.result for worker in workers]

    def rounds_of(self, case: Case) -> int:
        return min(self.rounds, case.most_rounds)

    def play_fresh(self, case: Case) -> list[Result]:
        """One process per peer and round; memory that leaks is measured once."""
        results: dict[str, Result] = {}
        for _ in range(self.rounds_of(case)):
            for entry in self.entries:
                if not takes_part(entry, case):
                    continue
                worker = Worker(self, entry)
                try:
                    worker.prepare(case)
                    worker.take_turn()
                finally:
                    worker.stop()
                known = results.setdefault(entry.name, worker.result)
                if known is not worker.result:
                    known.rounds += worker.result.rounds
        return list(results.values())

    def play_import(self, case: Case) -> list[Result]:
        """Times each import in interpreters of their own, after one unmeasured."""
        entries = [entry for entry in self.entries if takes_part(entry, case)]
        unique = {entry.statement: entry for entry in reversed(entries)}
        results = [Result(e, "") for e in entries if unique[e.statement] is e]
        for turn in range(self.rounds_of(case) + 1):
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
                env=self.environment(entry),
                check=True,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
        return float(answer.stdout.split()[-1])


class Worker:
    """The handle on one peer's process."""

    def __init__(self, contest: Contest, entry: Entry):
        command = [contest.interpreters[entry.name], "-c", START]
        command += [entry.name, "--threads", str(contest.threads)]
        self.contest = contest
        self.entry = entry
        self.quiet = False
        self.elsewhere = tempfile.TemporaryDirectory()
        # Closed by `stop`, with the process that writes into it.
        self.complaints = tempfile.TemporaryFile("w+")  # noqa: SIM115
        self.process = subprocess.Popen(
            command,
            cwd=self.elsewhere.name,
            env=contest.environment(entry),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.complaints,
            text=True,
        )
        hello = self.read()
        self.absent = hello.get("absent")
        self.version = hello.get("version", "")
        self.result = Result(entry, self.version)

    def prepare(self, case: Case) -> None:
        """Makes the data and the model of a case, and runs it once."""
        self.result = Result(self.entry, self.version)
        # Memory is the same beside others, and only the first turn counts for it.
        measured = case.kind in ("train", "predict") and not case.busy
        self.quiet = self.contest.quiet and measured
        self.ask(f"prepare {case.name}{' short' if self.contest.short else ''}")

    def take_turn(self) -> None:
        """One round, while all other peers wait."""
        time.sleep(PAUSE)
        figures = self.quiet_turn() if self.quiet else self.ask("run")
        self.result.rounds.append(figures)

    def quiet_turn(self) -> dict:
        """A turn in which no other process was busy, if one of many is."""
        for _ in range(quiet.ATTEMPTS):
            quiet.wait_until_idle(self.process.pid)
            clock = quiet.Clock(self.process.pid)
            figures = self.ask("run")
            figures["disturbed"] = clock.disturbed()
            if not figures["disturbed"]:
                break
        return figures

    def ask(self, line: str) -> dict:
        self.process.stdin.write(f"{line}\n")
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


@contextlib.contextmanager
def burner(threads: int) -> Iterator[None]:
    """Keeps the last of the processors busy that peers may use."""
    command = [sys.executable, "-c", BURN, str(threads)]
    with subprocess.Popen(command) as process:
        try:
            yield
        finally:
            process.kill()


def takes_part(entry: Entry, case: Case) -> bool:
    """Whether a case is for this peer: named in it, or able to."""
    if case.peers is not None:
        return entry.name in case.peers
    return case.kind in entry.kinds
