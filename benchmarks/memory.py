"""How much memory this process holds now, and held at most."""

from __future__ import annotations

import os
import resource
import sys


def resident_bytes() -> int:
    """Resident set size now."""
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def peak_resident_bytes() -> int:
    """Largest resident set size of this program so far.

    `ru_maxrss` starts at what the parent held at the fork, so on Linux the figure of
    the program alone, VmHWM, is read instead.
    """
    if sys.platform == "linux":
        with open("/proc/self/status") as status:
            for line in status:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) * 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
