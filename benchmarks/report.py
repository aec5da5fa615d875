"""Tables and files of results."""

from __future__ import annotations

import datetime
import json
from collections.abc import Sequence
from math import prod
from pathlib import Path
from statistics import median

from benchmarks.cases import Case
from benchmarks.contest import Result
from benchmarks.peers import Entry

HOME = "fastnn"
HEADER = f"  {'':<22}{'version':<16}{'min':>10}{'median':>10}{'ratio':>9}  "


def ratio(result: Result, home: Result) -> float:
    """Median over the rounds of peer / fastnn in the same round."""
    pairs = zip(result.values, home.values, strict=True)
    return median(theirs / ours for theirs, ours in pairs)


def home_of(results: list[Result]) -> Result | None:
    """The row that the others are compared with, if it took part."""
    return next((r for r in results if r.peer.name == HOME), None)


def table(case: Case, results: list[Result]) -> str:
    """The case's figures, fastest first; a peer ahead of fastnn is marked."""
    if case.kind == "peak":
        return peaks(case, results)
    home = home_of(results)
    lines = [f"{case.name}: {case.title} [{case.unit}]", HEADER.rstrip()]
    for result in sorted(results, key=lambda r: median(r.values)):
        low, middle = min(result.values), median(result.values)
        line = (
            f"  {result.peer.title:<22}{result.version:<16}{low:>10.4g}{middle:>10.4g}"
        )
        if home is None or case.kind == "leak":
            line += f"{'':>9}"
        else:
            line += f"{ratio(result, home):>8.2f}x"
            ahead = ratio(result, home) < 1 and not result.peer.variant
            line += "  < ahead of fastnn" if ahead else ""
        lines.append(line + extras(result))
    return "\n".join(lines)


def peaks(case: Case, results: list[Result]) -> str:
    """What the machine can do at most: the best of the rounds."""
    lines = [f"{case.name}: {case.title}"]
    for kind, unit in (("multiply_add", "GFLOP/s"), ("copy", "GB/s"), ("read", "GB/s")):
        figures = best_of_rounds(results[0], kind)
        lines += [f"  {kind:<14}{k:<24}{v:>8.1f} {unit}" for k, v in figures.items()]
    return "\n".join(lines)


def best_of_rounds(result: Result, kind: str) -> dict[str, float]:
    """The largest of each figure."""
    rounds = [figures[kind] for figures in result.rounds]
    return {key: max(each[key] for each in rounds) for key in rounds[0]}


def over_ideal(result: Result) -> float | None:
    """The least step over the least time that its products could take: their
    floating-point operations at the most that registers reached in this case."""
    if "ideal" not in result.rounds[0]:
        return None
    return min(result.values) / min(figures["ideal"] for figures in result.rounds)


class GridTable:
    """The grid, a line per cell as it is measured, and a summary."""

    def __init__(self, entries: Sequence[Entry]):
        training = [e for e in entries if "train" in e.kinds and not e.variant]
        self.peers = [entry.name for entry in training if entry.name != HOME]
        self.cells: list[tuple[Case, list[Result]]] = []

    def header(self) -> str:
        columns = ("fastnn us", "x ideal", *self.peers)
        return (
            "grid: peer / fastnn by batch, width and number of hidden layers; "
            f"* where a peer is ahead\n  {'':<16}"
            + "".join(f"{column:>13}" for column in columns)
        )

    def line(self, case: Case, results: list[Result]) -> str:
        """One cell."""
        self.cells.append((case, results))
        home = home_of(results)
        known = {result.peer.name: result for result in results}
        line = f"  {case.name.removeprefix('grid-'):<16}"
        if home is not None:
            times = over_ideal(home)
            line += f"{min(home.values):>13.4g}{times or 0:>13.3g}"
        for name in self.peers:
            if home is None or name not in known:
                line += f"{'-':>13}"
                continue
            times = ratio(known[name], home)
            line += f"{times:>12.2f}{'*' if times < 1 else ' '}"
        return line

    def summary(self) -> str:
        """For each peer the geometric mean of its ratios, the least, and how often it
        is ahead."""
        lines = [f"  {'':<14}{'mean':>8}{'least':>8}   ahead of fastnn in"]
        for name in self.peers:
            ratios = []
            for _, results in self.cells:
                home = home_of(results)
                found = [r for r in results if r.peer.name == name]
                if home is not None and found:
                    ratios.append(ratio(found[0], home))
            if ratios:
                mean = prod(r ** (1 / len(ratios)) for r in ratios)
                ahead = sum(r < 1 for r in ratios)
                lines.append(
                    f"  {name:<14}{mean:>8.2f}{min(ratios):>8.2f}   "
                    f"{ahead} of {len(ratios)} cells"
                )
        return "\n".join(lines)


def extras(result: Result) -> str:
    """Processors kept busy, last loss, memory grown: medians, where measured."""
    parts = []
    for key in ("cores", "loss", "grown"):
        if key in result.rounds[0]:
            middle = median(figures[key] for figures in result.rounds)
            parts.append(f"{key} {middle:.3g}")
    times = over_ideal(result)
    if times is not None:
        parts.append(f"{times:.2f} x flops/peak")
    disturbed = sum(figures.get("disturbed", False) for figures in result.rounds)
    if disturbed:
        parts.append(f"others busy in {disturbed} of {len(result.rounds)} rounds")
    return f"  ({', '.join(parts)})" if parts else ""


def as_document(machine, threads, played: list[tuple[Case, list[Result]]]) -> dict:
    """Everything measured, as plain data."""
    versions = {
        result.peer.name: result.version
        for _, results in played
        for result in results
        if result.version
    }
    return {
        "date": datetime.date.today().isoformat(),
        "machine": machine,
        "threads": threads,
        "versions": versions,
        "cases": [case_document(case, results) for case, results in played],
    }


def case_document(case: Case, results: list[Result]) -> dict:
    home = home_of(results)
    rows = []
    for result in results:
        row = {
            "peer": result.peer.name,
            "title": result.peer.title,
            "min": min(result.values),
            "median": median(result.values),
            "rounds": result.rounds,
        }
        if home is not None and case.kind != "leak":
            row["ratio_to_fastnn"] = ratio(result, home)
        if over_ideal(result) is not None:
            row["over_ideal"] = over_ideal(result)
        rows.append(row)
    return {"name": case.name, "title": case.title, "unit": case.unit, "peers": rows}


def save(document: dict, folder: Path) -> Path:
    """Writes the document under a name of date, processor count and threads."""
    folder.mkdir(exist_ok=True)
    machine = document["machine"]
    name = "{}-{}-{}cpu-{}t.json".format(
        document["date"],
        machine["architecture"],
        machine["processors"],
        document["threads"],
    )
    path = folder / name
    path.write_text(json.dumps(document, indent=1) + "\n")
    return path
