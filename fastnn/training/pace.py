"""How long a chunk of steps is and on how many threads it runs, as measured."""

from __future__ import annotations

__all__ = ["Pace"]

# A chunk is about this long: a progress bar moves and Ctrl-C is answered in between.
_CHUNK_SECONDS = 0.05

# The number of threads that is not in use is tried again after so many chunks, in one
# of an eighth of the length: 1 % of the time if it is half as fast.
_CHUNKS_BETWEEN_TRIALS = 12
_TRIAL_SHARE = 8


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
        self._chunks = 0

    def record(self, steps: int, seconds: float) -> None:
        """Takes in the time of a chunk and plans the next one."""
        self._chunks += 1
        if self._chunks == 1 or not steps or seconds <= 0:
            return  # the first step of all finds cold caches
        self._seconds[self.threads] = seconds / steps
        best = min(self._seconds, key=self._seconds.__getitem__)
        within = int(_CHUNK_SECONDS / self._seconds[best])
        self.steps = max(1, min(within, 4 * max(steps, self.steps)))
        self.threads = best
        if self.most > 1 and self._chunks % _CHUNKS_BETWEEN_TRIALS == 2:
            self.threads = 1 if best == self.most else self.most
            self.steps = max(1, self.steps // _TRIAL_SHARE)
