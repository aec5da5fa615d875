from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

MAX_THREADS: int
SOURCE_TYPES: tuple[str, ...]

def python_operation() -> int: ...
def check_apart(x: Any, out: Any) -> None: ...

class Program:
    capacity: int
    steps_done: int
    def __init__(self, specs: list[tuple], capacity: int, keep: Any) -> None: ...
    def bind(self, *arrays: np.ndarray | None) -> None: ...
    def release(self) -> None: ...
    def run(
        self,
        total: int,
        batch: int,
        first: int,
        steps: int,
        *,
        order: np.ndarray | None = None,
        iteration: int = 0,
        threads: int = 1,
        start_op: int = 0,
    ) -> tuple[int, int]: ...
    def rehearse(
        self,
        total: int,
        batch: int,
        first: int,
        steps: int,
        threads: int,
        *,
        order: np.ndarray | None = None,
        iteration: int = 0,
        backwards: bool = False,
    ) -> None: ...
    def profile(
        self, rows: int, repeats: int, only: Iterable[int] | None = None
    ) -> list[float]: ...

class Predictor:
    chunk: int
    def __init__(
        self,
        make: Callable[[], Program],
        feature_shape: tuple[int, ...],
        output_shape: tuple[int, ...],
        dtype: str,
        work: float,
        alone: float,
        threads_for: Callable[[float], int],
    ) -> None: ...
    def run(self, x: Any, out: Any = None) -> Any: ...
    def run_one(self, x: Any, out: Any = None) -> Any: ...
    def result(self, x: np.ndarray, out: Any = None) -> np.ndarray: ...
