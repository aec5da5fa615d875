"""Configurations of objects, and the names under which they are found."""

from fastnn.saving.objects import deserialize_keras_object, serialize_keras_object
from fastnn.saving.registration import (
    CustomObjectScope,
    custom_object_scope,
    get_custom_objects,
    get_registered_name,
    get_registered_object,
    register_keras_serializable,
    register_serializable,
)

serialize_object = serialize_keras_object
deserialize_object = deserialize_keras_object

__all__ = [
    "CustomObjectScope",
    "custom_object_scope",
    "deserialize_keras_object",
    "deserialize_object",
    "get_custom_objects",
    "get_registered_name",
    "get_registered_object",
    "register_keras_serializable",
    "register_serializable",
    "serialize_keras_object",
    "serialize_object",
]
