"""Blocks of memory that hold many variables."""

import gc
import weakref

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastnn.layers import Dense, Input
from fastnn.models import Sequential
from fastnn.plan.arena import Arena, adopt
from fastnn.variable import LINE, Variable, padded_width

SHAPES = st.lists(
    st.lists(st.integers(1, 40), max_size=3).map(tuple), min_size=1, max_size=6
)


def variables(shapes, dtype="float32"):
    return [
        Variable(np.full(shape, i + 1, dtype), name=f"v{i}")
        for i, shape in enumerate(shapes)
    ]


@given(SHAPES, st.sampled_from(["float32", "float64"]))
def test_values_move_in_without_overlap(shapes, dtype):
    made = variables(shapes, dtype)
    arena = Arena(made)
    end = 0
    for i, (slot, variable) in enumerate(zip(arena.slots, made, strict=True)):
        assert slot.variable is variable
        assert variable.arena is arena
        assert slot.offset == end  # neighbours, so that one pass covers them
        end += slot.size
        assert variable.value.ctypes.data % LINE == 0
        assert np.shares_memory(variable.value, arena.values)
        assert (variable.value == i + 1).all()
    assert end == arena.size
    total = sum(value.size * (i + 1) for i, value in enumerate(v.value for v in made))
    assert arena.values.sum() == total  # the padding is zero


@given(SHAPES)
def test_blocks_alike(shapes):
    made = variables(shapes)
    arena = Arena(made)
    block = arena.like()
    assert block.shape == arena.values.shape
    assert block.ctypes.data % LINE == 0
    for i, variable in enumerate(made):
        view = arena.view(block, variable)
        assert view.shape == variable.shape
        assert (view == 0).all()
        view[...] = i + 1
    np.testing.assert_array_equal(block, arena.values)


@given(SHAPES, st.data())
def test_stretches_hold_just_the_chosen_and_are_as_few_as_can_be(shapes, data):
    made = variables(shapes)
    arena = Arena(made)
    chosen = data.draw(st.sets(st.sampled_from(range(len(made)))))
    stretches = list(arena.stretches([made[i] for i in chosen]))
    covered = np.zeros(arena.size, bool)
    for stretch in stretches:
        assert not covered[stretch.offset : stretch.offset + stretch.size].any()
        covered[stretch.offset : stretch.offset + stretch.size] = True
    for i, slot in enumerate(arena.slots):
        part = covered[slot.offset : slot.offset + slot.size]
        assert part.all() if i in chosen else not part.any()
    runs = sum(i in chosen and i - 1 not in chosen for i in range(len(made)))
    assert len(stretches) == runs


def test_a_variable_has_one_arena_for_life():
    first, second, third = variables([(3,), (4,), (5,)])
    (arena,) = adopt([first, second])
    address = first.value.ctypes.data
    arenas = adopt([third, first])
    assert arenas[1] is arena
    assert third.arena is arenas[0] is not arena
    assert first.value.ctypes.data == address
    assert adopt([first, second, third]) == [arena, third.arena]


def test_an_arena_does_not_keep_its_variables():
    made = variables([(3,), (4, 5)])
    arena = Arena(made)
    gone, stays = weakref.ref(made[0]), made[1]
    gc.disable()
    try:
        del made
        assert gone() is None
    finally:
        gc.enable()
    assert arena.slots[0].variable is None
    assert (arena.view(arena.values, stays) == 2).all()
    assert [(s.offset, s.size) for s in arena.stretches([stays])] == [
        (arena.slots[1].offset, arena.slots[1].size)
    ]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("optimizer", ["sgd", "rmsprop", "adam"])
def test_padding_is_zero_after_training(optimizer, dtype, rng):
    model = Sequential([
        Input((5,)),
        Dense(7, "relu", kernel_regularizer="l1_l2", dtype=dtype),
        Dense(3, "softplus", bias_initializer="ones", dtype=dtype),
    ])  # fmt: skip
    model.compile(optimizer, "mse")
    x, y = rng.normal(size=(50, 5)), rng.normal(size=(50, 3))
    model.fit(x, y, batch_size=16, epochs=3, verbose=0)
    (arena,) = adopt(model.weights)
    blocks = [arena.values]
    for slot in model.optimizer.slot_values.values():
        blocks.extend(slot.values())
    for block in blocks:
        pads = block.copy()
        for variable in model.weights:
            arena.view(pads, variable)[...] = 0
        assert (pads == 0).all()
        assert np.abs(block).sum() > 0


def test_models_that_share_a_layer_share_its_memory(rng):
    shared = Dense(6, "tanh")
    one = Sequential([Input((4,)), shared, Dense(1)])
    other = Sequential([Input((4,)), shared, Dense(2)])
    for model in (one, other):
        model.compile("adam", "mse")
    x = rng.normal(size=(30, 4)).astype(np.float32)
    one.fit(x, x[:, :1], verbose=0)
    before = shared.get_weights()
    other.fit(x, x[:, :2], verbose=0)
    assert not np.array_equal(shared.get_weights()[0], before[0])
    assert len(adopt(other.weights)) == 2
    features = np.tanh(x @ shared.get_weights()[0] + shared.get_weights()[1])
    for model in (one, other):
        kernel, bias = model.layers[1].get_weights()
        np.testing.assert_allclose(
            model.predict(x), features @ kernel + bias, rtol=1e-4, atol=1e-5
        )


def test_width_of_a_row():
    assert padded_width(1, 4) == 16
    assert padded_width(16, 4) == 16
    assert padded_width(17, 4) == 32
    assert padded_width(256, 4) == 272  # 1,024 bytes: against cache-set aliasing
