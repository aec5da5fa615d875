"""Tensors that live at one time never share a byte."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from fastnn.plan.memory import lifetimes, plan_memory
from fastnn.plan.tensor import Op, Tensor
from fastnn.variable import LINE


@st.composite
def plans(draw):
    """Operations over tensors of any shape, each written before it is read."""
    made, ops = [], []
    for i in range(draw(st.integers(1, 12))):
        shape = tuple(draw(st.lists(st.integers(1, 40), min_size=1, max_size=3)))
        dtype = draw(st.sampled_from(["float32", "float64", "uint8", "int32"]))
        out = Tensor(
            f"t{i}",
            shape,
            dtype,
            padded=draw(st.booleans()),
            per_sample=draw(st.booleans()),
        )
        inputs = draw(st.lists(st.sampled_from(made), max_size=3)) if made else []
        made.append(out)
        ops.append(Op("any", (out, None), tuple(inputs)))
    kept = draw(st.lists(st.sampled_from(made), max_size=2))
    return ops, tuple(kept)


@given(plans(), st.integers(1, 70))
def test_no_overlap_and_all_aligned(plan, capacity):
    ops, kept = plan
    layout = plan_memory(ops, capacity, kept)
    spans = lifetimes(ops)
    assert set(layout.offsets) == set(spans)
    for tensor in kept:
        spans[tensor] = (spans[tensor][0], len(ops))
    tensors = list(spans)
    for i, one in enumerate(tensors):
        begin = layout.offsets[one]
        end = begin + one.nbytes(capacity)
        assert begin % LINE == 0
        assert 0 <= begin <= end <= layout.size
        for other in tensors[:i]:
            first, last = spans[other]
            together = spans[one][0] <= last and first <= spans[one][1]
            start = layout.offsets[other]
            apart = end <= start or start + other.nbytes(capacity) <= begin
            assert apart or not together


@given(plans(), st.integers(1, 70))
def test_a_simulation_reads_what_was_written(plan, capacity):
    """Each operation fills its output with its own number; readers find it intact."""
    ops, kept = plan
    layout = plan_memory(ops, capacity, kept)
    memory = np.zeros(layout.size, np.uint8)

    def part(tensor):
        begin = layout.offsets[tensor]
        return memory[begin : begin + tensor.nbytes(capacity)]

    number = {}
    for i, op in enumerate(ops):
        part(op.outputs[0])[...] = i + 1
        number[op.outputs[0]] = i + 1
        for tensor in op.inputs:
            assert (part(tensor) == number[tensor]).all()
    for tensor in kept:
        assert (part(tensor) == number[tensor]).all()


def chain(n, size):
    tensors = [Tensor(f"t{i}", (size,), "float32") for i in range(n)]
    ops = [Op("first", (tensors[0],), ())]
    ops += [Op("next", (b,), (a,)) for a, b in pairwise(tensors)]
    return tensors, ops


def test_memory_is_used_again():
    tensors, ops = chain(10, 16)
    assert plan_memory(ops, 4).size == 2 * tensors[0].nbytes(4)
    assert plan_memory(ops, 4, tuple(tensors)).size == 10 * tensors[0].nbytes(4)


def test_an_output_never_lies_on_an_input_of_the_same_operation():
    (a, b), ops = chain(2, 16)
    layout = plan_memory(ops, 4)
    assert layout.offsets[a] != layout.offsets[b]


def test_an_empty_plan():
    assert plan_memory([], 4).size == 0
