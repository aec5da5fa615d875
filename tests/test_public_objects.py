"""What holds for every public class: configuration, pickle, copies, arguments."""

import copy
import json
import pickle

import pytest
from public_objects import (
    ROOMS,
    arguments,
    behaviour,
    beside,
    make,
    public_classes,
    second_value,
)

from fastnn.saving.config import constructor_parameters

CLASSES = list(public_classes())
WITH_NAMES = sorted(set(ROOMS) - {"layers", "schedules"})
ARGUMENTS = list(arguments())


def name_of(value):
    return value if isinstance(value, str) else getattr(value, "__name__", None)


each_class = pytest.mark.parametrize(("room", "cls"), CLASSES, ids=name_of)


@each_class
def test_config_names_every_argument(room, cls):
    config = make(cls).get_config()
    assert set(config) == set(constructor_parameters(cls))


@each_class
def test_config_round_trip(room, cls):
    obj = make(cls)
    again = cls.from_config(json.loads(json.dumps(obj.get_config())))
    assert again.get_config() == obj.get_config()
    assert behaviour(room, again) == behaviour(room, obj)


@each_class
def test_serialize_round_trip(room, cls):
    module = ROOMS[room]
    obj = make(cls)
    again = module.deserialize(json.loads(json.dumps(module.serialize(obj))))
    assert type(again) is cls
    assert behaviour(room, again) == behaviour(room, obj)


@each_class
@pytest.mark.parametrize(
    "duplicate", [copy.deepcopy, lambda obj: pickle.loads(pickle.dumps(obj))]
)
def test_copies_behave_alike(room, cls, duplicate):
    obj = make(cls)
    assert behaviour(room, duplicate(obj)) == behaviour(room, obj)


@pytest.mark.filterwarnings("ignore:rms_scaling")
@pytest.mark.parametrize(("room", "cls", "argument"), ARGUMENTS, ids=name_of)
def test_every_argument_has_an_effect(room, cls, argument):
    first, others = beside(cls, argument)
    usual = {argument: first, **others} if others else {}
    before = behaviour(room, make(cls, **usual))
    try:
        changed = make(cls, **{**usual, argument: second_value(cls, argument)})
    except ValueError as error:
        assert "Received: " in str(error)
        assert argument in str(error)
    else:
        assert behaviour(room, changed) != before


@each_class
def test_unknown_argument_is_refused(room, cls):
    said = "no_such_argument|takes no arguments"
    with pytest.raises((TypeError, ValueError), match=said):
        behaviour(room, make(cls, no_such_argument=1))


@pytest.mark.parametrize("room", ROOMS)
def test_all_is_sorted_and_exists(room):
    module = ROOMS[room]
    assert len(set(module.__all__)) == len(module.__all__)
    assert all(hasattr(module, name) for name in module.__all__)


@pytest.mark.parametrize("room", WITH_NAMES)
def test_none_stands_for_none(room):
    assert ROOMS[room].get(None) is None


@pytest.mark.parametrize("room", WITH_NAMES)
@pytest.mark.parametrize("wrong", [3, 4.5, [1], {"class": "Adam"}])
def test_get_refuses_what_stands_for_nothing(room, wrong):
    with pytest.raises(ValueError, match="Received: "):
        ROOMS[room].get(wrong)


@pytest.mark.parametrize(
    ("room", "wrong", "nearest"),
    [
        ("constraints", "maxnorm", "max_norm"),
        ("initializers", "glorot_unifrm", "glorot_uniform"),
        ("losses", "categorial_crossentropy", "categorical_crossentropy"),
        ("metrics", "mean_sqared_error", "mean_squared_error"),
        ("optimizers", "adm", "adam"),
        ("regularizers", "L3", "L2"),
    ],
)
def test_unknown_name_gets_the_nearest_known(room, wrong, nearest):
    with pytest.raises(ValueError, match=nearest) as info:
        ROOMS[room].get(wrong)
    assert repr(wrong) in str(info.value)
