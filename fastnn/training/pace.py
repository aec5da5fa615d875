"""How long a chunk of steps is and on how many threads it runs, as measured."""

from __future__ import annotations

import math

__all__ = ["Pace"]

# A chunk is about this long: a progress bar moves and Ctrl-C is answered in between.
_CHUNK_SECONDS = 0.05

# The number of threads that is not in use is tried again after so many chunks, in one
# of an eighth of the length: 1 % of the time if it is half as fast. Sooner if it was
# not much slower, since one busy moment may have decided; and while chunks are too
# short for a judgement, in every other one.
_CHUNKS_BETWEEN_TRIALS = 12
_CHUNKS_IF_CLOSE = 4
_CLOSE = 1.5
_TRIAL_SHARE = 8

# A step that is a chunk of its own cannot be tried in part. One thread is then tried
# less often, so that trials cost this share of the time, unless a chunk took longer
# than the one before by more than a neighbour's coming and going usually makes of it.
_TRIAL_COST = 0.02
_MOST_CHUNKS = 64
_SLOWER = 1.3


class Pace:
    """Chooses the length of chunks, and between one thread and `most` threads.

    Another process on a core, or a slow connection between two cores, can make a step
    on two threads several times slower than on one. The results are the same bits
    either way, so the choice is free, and is made again as conditions change.

    Args:
        most: Threads that the amount of work is worth.

    Attributes:
        threads: Threads of the next chunk.
        steps: Steps of the next chunk.
    """

    def __init__(self, most: int):
        self.most = most
        self.threads = most
        self.steps = 1
        self._seconds: dict[int, float] = {}  # of a step, by number of threads
        self._begun = False
        self._since_trial = 0  # chunks
        self._soon = self._due = 2  # after so many if slower, after so many anyway

    def record(self, steps: int, seconds: float) -> None:
        """Takes in the time of a chunk and plans the next one."""
        begun, self._begun = self._begun, True
        if not begun or not steps or seconds <= 0:
            return  # the first step of all finds cold caches
        before = self._seconds.get(self.threads, math.inf)
        slower = seconds / steps > _SLOWER * before
        self._seconds[self.threads] = seconds / steps
        best = min(self._seconds, key=self._seconds.__getitem__)
        within = int(_CHUNK_SECONDS / self._seconds[best])
        self.steps = max(1, min(within, 4 * max(steps, self.steps)))
        self.threads = best
        if self.most > 1:
            self._since_trial += 1
            if self._since_trial >= (self._soon if slower else self._due):
                self._try_the_other(self.steps >= within)

    def _try_the_other(self, grown: bool) -> None:
        """Plans a chunk on the number of threads that is not in use."""
        used = self.threads
        self.threads = 1 if used == self.most else self.most
        self._since_trial = 0
        self._soon = self._due = 2
        if grown:
            fast, slow = min(self._seconds.values()), max(self._seconds.values())
            chunk = self.steps * fast
            self.steps = max(1, self.steps // _TRIAL_SHARE)
            close = slow < _CLOSE * fast
            self._soon = _CHUNKS_IF_CLOSE if close else _CHUNKS_BETWEEN_TRIALS
            self._due = self._soon
            if used == self.most:
                lost = self.steps * (slow - fast)
                due = min(int(lost / (_TRIAL_COST * chunk)), _MOST_CHUNKS)
                self._due = max(due, self._soon)
