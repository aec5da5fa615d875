"""Configurations of objects, and the names under which they are found."""

from fastnn.saving.registry import custom_object_scope

__all__ = ["custom_object_scope"]
