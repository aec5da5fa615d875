"""The compiled modules; `kernels` is the one chosen for this processor."""

from fastnn._core.dispatch import kernels, operations

__all__ = ["kernels", "operations"]
