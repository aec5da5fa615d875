"""The registry's one rule, and configurations derived from constructors."""

import numpy as np
import pytest

from fastnn import initializers, layers
from fastnn.naming import auto_name, to_snake_case
from fastnn.saving import custom_object_scope
from fastnn.saving.config import Configurable, constructor_parameters, serialize
from fastnn.saving.registry import Room, lookup


class Base(Configurable):
    def __init__(self, name=None, *, size=1):
        self.name = name
        self.size = size


class Leaf(Base):
    def __init__(self, first, second=2, **base):
        super().__init__(**base)
        self.first = first
        self.second = second


class Forgetful(Base):
    def __init__(self, kept, lost, **base):
        super().__init__(**base)
        self.kept = kept


class Careful(Forgetful):
    def get_config(self):
        return {**super().get_config(), "lost": 3}


def twice(x):
    return 2 * x


ROOM = Room("thing for tests", [Leaf, twice], aliases={"sheet": Leaf})


def test_parameters_of_the_whole_line_of_classes():
    assert list(constructor_parameters(Leaf)) == ["first", "second", "name", "size"]


def test_config_is_what_the_constructor_takes():
    leaf = Leaf(1, size=4)
    assert leaf.get_config() == {"first": 1, "second": 2, "name": None, "size": 4}
    assert Leaf.from_config(leaf.get_config()).get_config() == leaf.get_config()


def test_an_argument_that_is_not_kept_is_noticed():
    with pytest.raises(NotImplementedError, match=r"Forgetful.*'lost'"):
        Forgetful(1, 2).get_config()
    assert Careful(1, 2).get_config()["lost"] == 3


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (np.float32(0.5), 0.5),
        (np.arange(3), [0, 1, 2]),
        ((1, [2.0, None]), (1, [2.0, None])),
        ({"a": np.int64(1)}, {"a": 1}),
        (twice, "twice"),
        (len, {"class_name": "function", "config": "len"}),
        (initializers.Ones(), {"class_name": "Ones", "config": {}}),
    ],
)
def test_serialize_gives_plain_data(value, plain):
    assert serialize(value) == plain
    assert type(serialize(value)) is type(plain)


def test_serialize_says_what_it_cannot_do():
    with pytest.raises(TypeError, match=r"Received: .* of type object"):
        serialize(object())


def test_lookup_takes_names_configs_classes_and_objects():
    leaf = Leaf(1)
    config = {"class_name": "Leaf", "config": {"first": 5}}
    assert ROOM.lookup(config).first == 5
    assert ROOM.lookup("twice") is twice
    assert ROOM.lookup(leaf) is leaf
    assert lookup("thing for tests", "twice") is twice
    assert ROOM.find("sheet") is ROOM.find("leaf") is Leaf
    assert isinstance(initializers.get("ones"), initializers.Ones)


def test_a_config_is_not_changed_by_reading_it():
    config = {"class_name": "Leaf", "config": {"first": 5}}
    ROOM.deserialize(config)
    assert config == {"class_name": "Leaf", "config": {"first": 5}}


@pytest.mark.parametrize("config", [3, {}, {"config": {}}, {"class_name": Leaf}, []])
def test_malformed_configurations(config):
    with pytest.raises(ValueError, match="'class_name' and 'config'"):
        ROOM.deserialize(config)


def test_ones_own_classes_and_functions():
    class Mine(layers.Layer):
        def __init__(self, initializer, **base):
            super().__init__(**base)
            self.initializer = initializers.get(initializer)

    def sevens(shape, dtype=None):
        return np.full(shape, 7.0, dtype)

    own = {"Mine": Mine, "sevens": sevens}
    config = layers.serialize(Mine(sevens, name="mine"))
    with pytest.raises(ValueError, match=r"Unknown layer.*'Mine'"):
        layers.deserialize(config)
    again = layers.deserialize(config, custom_objects=own)
    assert (type(again), again.name, again.initializer) == (Mine, "mine", sevens)
    with custom_object_scope(own):
        assert type(layers.deserialize(config)) is Mine
    with pytest.raises(ValueError, match="Unknown layer"):
        layers.deserialize(config)


@pytest.mark.parametrize(
    ("name", "snake"),
    [
        ("Dense", "dense"),
        ("InputLayer", "input_layer"),
        ("LeakyReLU", "leaky_re_lu"),
        ("RMSprop", "rm_sprop"),
        ("L1L2", "l1l2"),
    ],
)
def test_snake_case_as_keras_makes_it(name, snake):
    assert to_snake_case(name) == snake


def test_automatic_names_are_numbered():
    names = [auto_name("SomethingNew") for _ in range(3)]
    assert names == ["something_new", "something_new_1", "something_new_2"]
