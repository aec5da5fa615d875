"""Tables and files of results."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from statistics import median

from benchmarks.cases import Case
from benchmarks.contest import Result

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
            line += "  < ahead of fastnn" if ratio(result, home) < 1 else ""
        lines.append(line + extras(result))
    return "\n".join(lines)


def extras(result: Result) -> str:
    """Processors kept busy, last loss, memory grown: medians, where measured."""
    parts = []
    for key in ("cores", "loss", "grown"):
        if key in result.rounds[0]:
            middle = median(figures[key] for figures in result.rounds)
            parts.append(f"{key} {middle:.3g}")
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
