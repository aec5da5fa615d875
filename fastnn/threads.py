"""How many threads the engine may use."""

from __future__ import annotations

import math
import operator
import os
from pathlib import Path

from fastnn._core import engine

__all__ = ["get_num_threads", "num_threads_source", "set_num_threads"]

_number = 1
_source = ""


def get_num_threads() -> int:
    """Returns the most threads that a call may use."""
    return _number


def num_threads_source() -> str:
    """Returns where that number comes from, in words."""
    return _source


def set_num_threads(n: int) -> None:
    """Sets the most threads that a call may use, from the next call on.

    Small networks run on one thread all the same: a second one would cost more than it
    saves. Results do not depend on the number, bit for bit.

    Args:
        n: At least 1.

    Raises:
        TypeError: If `n` is not an integer.
        ValueError: If it is below 1 or above the largest number supported.
    """
    if isinstance(n, bool):
        raise TypeError(
            f"Expected the number of threads to be an integer. Received: {n!r}"
        )
    try:
        number = operator.index(n)
    except TypeError:
        raise TypeError(
            f"Expected the number of threads to be an integer. Received: {n!r}"
        ) from None
    _set(number, "set_num_threads")


def _set(number: int, source: str) -> None:
    global _number, _source
    if not 1 <= number <= engine.MAX_THREADS:
        raise ValueError(
            f"Expected a number of threads from 1 to {engine.MAX_THREADS} from "
            f"{source}. Received: {number}"
        )
    _number, _source = number, source


def _default() -> tuple[int, str]:
    """The number to begin with: FASTNN_NUM_THREADS, otherwise the least of the CPUs
    that this process may run on, the container's quota, and the physical cores."""
    variable = os.environ.get("FASTNN_NUM_THREADS", "").strip()
    if variable:
        if not variable.isdecimal():
            raise ImportError(
                f"FASTNN_NUM_THREADS: expected a whole number. Received: {variable!r}"
            )
        return int(variable), "FASTNN_NUM_THREADS"
    limits = {"CPU affinity": _affinity()}
    quota = _cgroup_quota(Path("/sys/fs/cgroup"), Path("/proc/self/cgroup"))
    if quota is not None:
        limits["cgroup CPU quota"] = quota
    cores = _physical_cores(Path("/proc/cpuinfo"))
    if cores is not None:
        limits["physical cores"] = cores
    source = min(limits, key=lambda name: limits[name])
    return min(limits[source], engine.MAX_THREADS), source


def _affinity() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except (AttributeError, OSError):
        return os.cpu_count() or 1


def _cgroup_quota(root: Path, membership: Path) -> int | None:
    """Returns the whole CPUs that the container's quota allows, rounded up."""
    quotas = []
    for folder in _cgroup_folders(root, membership):
        two = _read(folder / "cpu.max").split()
        quota = two[0] if len(two) == 2 else _read(folder / "cpu.cfs_quota_us")
        period = two[1] if len(two) == 2 else _read(folder / "cpu.cfs_period_us")
        if quota.isdecimal() and period.isdecimal() and int(period) > 0:
            quotas.append(max(1, math.ceil(int(quota) / int(period))))
    return min(quotas, default=None)


def _cgroup_folders(root: Path, membership: Path) -> list[Path]:
    """The folders of this process's group and of those above it, versions 1 and 2."""
    folders = [root, root / "cpu", root / "cpu,cpuacct"]
    for line in _read(membership).splitlines():
        _, controllers, group = ([*line.split(":", 2), "", ""])[:3]
        base = root / "cpu" if "cpu" in controllers.split(",") else root
        if controllers and base == root:
            continue
        path = base / group.strip("/")
        while path != base:
            folders.append(path)
            path = path.parent
    return folders


def _physical_cores(cpuinfo: Path) -> int | None:
    """Returns the number of cores, two hardware threads of one counted once."""
    cores, package = set(), ""
    for line in _read(cpuinfo).splitlines():
        key, _, value = line.partition(":")
        if key.strip() == "physical id":
            package = value.strip()
        elif key.strip() == "core id":
            cores.add((package, value.strip()))
    return len(cores) or None


def _read(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""


_set(*_default())
