"""Whether anything else kept the processors busy during a turn (Linux only)."""

from __future__ import annotations

import os
import time
from pathlib import Path

LOOK = 0.3  # seconds that the machine has to be idle before a turn
PATIENCE = 60.0  # seconds to wait for that
ATTEMPTS = 20  # turns taken again before a disturbed one is accepted
SHARE = 0.05  # of one processor, that others may have during a turn
TICKS = 3  # of the kernel's clock, by which both its counts may be wrong


class Clock:
    """Counts the processor time of everything but one process."""

    def __init__(self, pid: int):
        self.pid = pid
        self.began = time.perf_counter()
        self.others = busy_ticks() - process_ticks(pid)

    def disturbed(self) -> bool:
        """Whether others took more than their share since this clock was made."""
        ticks = busy_ticks() - process_ticks(self.pid) - self.others
        seconds = time.perf_counter() - self.began
        return ticks > TICKS + SHARE * seconds * os.sysconf("SC_CLK_TCK")


def supported() -> bool:
    return Path("/proc/stat").exists()


def wait_until_idle(pid: int) -> None:
    """Returns when nobody else has been busy for a moment, or patience ends."""
    end = time.perf_counter() + PATIENCE
    while time.perf_counter() < end:
        clock = Clock(pid)
        time.sleep(LOOK)
        if not clock.disturbed():
            return


def busy_ticks() -> int:
    """Of all processors together: user, nice, system, interrupts and stolen."""
    fields = [int(x) for x in Path("/proc/stat").read_text().split()[1:9]]
    return sum(fields) - fields[3] - fields[4]  # less idle and waiting for the disk


def process_ticks(pid: int) -> int:
    """Of one process with all its threads."""
    text = Path(f"/proc/{pid}/stat").read_text()
    fields = text.rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])
