"""Any object as plain data, and back, without knowing of what kind it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastnn.saving import config as _config
from fastnn.saving.registration import custom_object_scope, registered_name_of
from fastnn.saving.registry import Room, rooms

__all__ = ["deserialize_keras_object", "serialize_keras_object"]


def serialize_keras_object(obj: Any) -> Any:
    """Returns an object as plain data that JSON can hold.

    Objects become `{"module": ..., "class_name": ..., "config": ...,
    "registered_name": ...}`, layers and models with `build_config` if they are built,
    models with `compile_config` if they are compiled. Weights are not part of it.

    Args:
        obj: A layer, model, optimizer, loss, ... or a list, tuple or dict of these.

    Raises:
        TypeError: If there is no rule for its type.
    """
    if isinstance(obj, list | tuple):
        return [serialize_keras_object(item) for item in obj]
    if isinstance(obj, Mapping) and not hasattr(obj, "get_config"):
        return {key: serialize_keras_object(item) for key, item in obj.items()}
    data = _config.serialize(obj)
    if not isinstance(data, dict) or "class_name" not in data:
        return data
    full = {
        "module": _module(obj),
        **data,
        "registered_name": registered_name_of(type(obj)),
    }
    for part in ("build_config", "compile_config"):
        further: dict[str, Any] = getattr(obj, f"get_{part}", dict)()
        if further:
            full[part] = further
    return full


def deserialize_keras_object(
    config: Any, custom_objects: Mapping[str, Any] | None = None
) -> Any:
    """Returns the object that `serialize_keras_object` described.

    Args:
        config: The description; or a list or dict of descriptions.
        custom_objects: Your own classes and functions by name.

    Raises:
        ValueError: If it names a class or function that is not known.
    """
    with custom_object_scope(custom_objects):
        return _deserialized(config)


def _deserialized(config: Any) -> Any:
    if isinstance(config, list | tuple):
        return [_deserialized(item) for item in config]
    if not isinstance(config, Mapping):
        return config
    if not isinstance(config.get("class_name"), str):
        return {key: _deserialized(item) for key, item in config.items()}
    obj = _room_of(config).deserialize(config)
    build_config = config.get("build_config")
    if build_config and not getattr(obj, "built", True):
        obj.build_from_config(build_config)
    compile_config = config.get("compile_config")
    if compile_config:
        obj.compile_from_config(compile_config)
    return obj


def _module(obj: Any) -> str:
    """The public module of a built-in class, or the module of a user's own."""
    for room in rooms():
        if room.holds(type(obj)):
            return f"fastnn.{room.module}"
    parts = type(obj).__module__.split(".")
    return ".".join(parts[:2]) if parts[0] == "fastnn" else ".".join(parts)


def _room_of(config: Mapping[str, Any]) -> Room:
    """The room that a description belongs to: that of its module, else the first that
    knows the name."""
    module = str(config.get("module") or "").rpartition(".")[2]
    own = {room.module.rpartition(".")[2]: room for room in rooms()}.get(module)
    name = config["class_name"]
    for room in rooms() if own is None or name not in own else ():
        if name in room:
            return room
    # finds a user's own, or says what is not known
    return own or next(rooms())
