"""How long a chunk of steps is and on how many threads it runs, as measured."""

from __future__ import annotations

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
        self._until_trial = 2  # chunks

    def record(self, steps: int, seconds: float) -> None:
        """Takes in the time of a chunk and plans the next one."""
        begun, self._begun = self._begun, True
        if not begun or not steps or seconds <= 0:
            return  # the first step of all finds cold caches
        self._seconds[self.threads] = seconds / steps
        best = min(self._seconds, key=self._seconds.__getitem__)
        within = int(_CHUNK_SECONDS / self._seconds[best])
        self.steps = max(1, min(within, 4 * max(steps, self.steps)))
        self.threads = best
        if self.most > 1:
            self._until_trial -= 1
            if self._until_trial == 0:
                self._try_the_other(self.steps >= within)

    def _try_the_other(self, grown: bool) -> None:
        """Plans a chunk on the number of threads that is not in use."""
        self.threads = 1 if self.threads == self.most else self.most
        self._until_trial = 2
        if grown:
            times = self._seconds.values()
            close = max(times) < _CLOSE * min(times)
            self._until_trial = _CHUNKS_IF_CLOSE if close else _CHUNKS_BETWEEN_TRIALS
            self.steps = max(1, self.steps // _TRIAL_SHARE)
