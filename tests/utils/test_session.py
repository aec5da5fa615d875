"""clear_session."""

import gc
import weakref

import fastnn
from fastnn.utils import clear_session


def test_names_begin_again():
    clear_session()
    names = [fastnn.layers.Dense(1).name for _ in range(2)]
    assert names == ["dense", "dense_1"]
    clear_session()
    assert fastnn.layers.Dense(1).name == "dense"
    assert fastnn.Sequential().name == "sequential"


def test_policy_and_logging_are_as_at_the_start():
    fastnn.config.set_dtype_policy("float64")
    fastnn.config.disable_interactive_logging()
    clear_session()
    assert fastnn.config.dtype_policy().name == "float32"
    assert fastnn.config.is_interactive_logging_enabled()


def test_memory_is_freed_if_wanted():
    class Knot:
        pass

    gc.collect()
    gc.disable()
    try:
        knot = Knot()
        knot.self = knot
        seen = weakref.ref(knot)
        del knot
        clear_session(free_memory=False)
        assert seen() is not None
        clear_session()
        assert seen() is None
    finally:
        gc.enable()


def test_seeds_go_on():
    fastnn.utils.set_random_seed(3)
    first = fastnn.layers.Dense(4, input_dim=2)([[1.0, 2.0]])
    fastnn.utils.set_random_seed(3)
    clear_session()
    assert (fastnn.layers.Dense(4, input_dim=2)([[1.0, 2.0]]) == first).all()
