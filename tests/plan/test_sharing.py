"""Where threads meet: before they need what another has done, and not otherwise."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastnn._core import kernels
from fastnn.plan.sharing import for_threads, one_by_one, phases
from fastnn.plan.tensor import Held, Op, Tensor
from fastnn.variable import Variable

ROWS, INPUTS, UNITS = 32, 784, 10


def tensor(name, width=UNITS):
    return Tensor(name, (width,), "float32")


def softmax(out, inp):
    return Op("softmax_forward", (out,), (inp,), (1, UNITS, 16))


def in_phases(ops):
    found = phases(ops, ROWS, 2)
    return [
        [op for op, number in zip(found.ops, found.numbers, strict=True) if number == i]
        for i in range(found.numbers[-1] + 1)
    ]


def test_rows_follow_on_rows_without_a_meeting():
    a, b, c = tensor("a"), tensor("b"), tensor("c")
    ops = [softmax(b, a), softmax(c, b)]
    assert in_phases(ops) == [ops]


def test_of_one_tensor_in_other_rows_they_do_not():
    a, b, c = tensor("a"), tensor("b"), tensor("c")
    halves = Tensor("b", (2, 5), "float32", padded=False, base=b)
    second = Op("softmax_forward", (c,), (halves,), (2, 5, 16))
    assert len(in_phases([softmax(b, a), second])) == 2


def test_what_is_not_known_meets_what_it_shares_memory_with():
    a, b, c = tensor("a"), tensor("b"), tensor("c")
    first, reader = softmax(b, a), Op("unknown", (c,), (b,))
    assert len(in_phases([first, reader])) == 2
    assert len(in_phases([first, Op("unknown", (c,), (a,))])) == 1
    assert len(in_phases([first, Op("unknown", (a,), ())])) == 2


def test_an_operation_that_need_not_wait_passes_those_that_do():
    a, b, c, d = map(tensor, "abcd")
    ops = [softmax(b, a), Op("unknown", (c,), (b,)), softmax(d, a)]
    assert in_phases(ops) == [[ops[0], ops[2]], [ops[1]]]


def test_parts_of_one_block_of_memory_are_told_apart():
    block = np.zeros(300)
    first = Op("unknown", (Held("a", block[:100]),), ())
    assert len(in_phases([first, Op("unknown", (Held("b", block[100:]),), ())])) == 1
    assert len(in_phases([first, Op("unknown", (Held("b", block[99:]),), ())])) == 2
    column = Held("c", block.reshape(3, 100)[:, :50])
    assert len(in_phases([first, Op("unknown", (column,), ())])) == 2


def test_nothing_lasting_is_written_before_the_loss_is_known():
    values, log = tensor("values"), Held("log", np.zeros(4))
    total = Op("loss_total", (log,), (values,), (1, 1))
    other = Op("unknown", (Held("weights", np.zeros(3)),), ())
    counted = Op("mean_accumulate", (Held("mean", np.zeros(2)),), (values,), (1,))
    assert in_phases([total, counted, other]) == [[total, counted], [other]]


def test_nothing_is_changed_in_place_before_the_loss_is_known():
    """Some threads would do it again where the step goes on all the same."""
    values, log, a = tensor("values"), Held("log", np.zeros(4)), tensor("a")
    total = Op("loss_total", (log,), (values,), (1, 1))
    scaled = Op("scale_by", (a, None), (a, Held("scale", np.ones(1))), (1, 16, 0))
    assert in_phases([total, scaled]) == [[total], [scaled]]


def test_rows_of_a_batch_are_not_those_of_the_next():
    a, b, c, d = map(tensor, "abcd")
    gather = Op("gather", (a,), (), (0, 1, UNITS, 16))
    between = [Op("unknown", (b,), (a,)), Op("unknown", (c,), (b,))]
    last = Op("dropout_backward", (d,), (c, a), (1, UNITS, 16))
    assert phases([gather, *between, last], ROWS, 2).meets[-1]


def test_python_is_alone():
    a, b, c = tensor("a"), tensor("b"), tensor("c")
    python = Op("python", (), (), call=print)
    ops = [softmax(b, a), python, softmax(c, a)]
    assert in_phases(ops) == [[ops[0]], [python], [ops[2]]]


def test_steps_join_where_the_first_phase_can_follow_the_last():
    a, b, c = tensor("a"), tensor("b"), tensor("c")
    gather = Op("gather", (a,), (), (0, 1, UNITS, 16))
    wait = Op("unknown", (c,), (b,))
    found = phases([gather, softmax(b, a), wait], ROWS, 2)
    assert found.meets == [False, True, True]  # b is read while it is written again
    found = phases(
        [gather, softmax(b, a), wait, softmax(tensor("d"), tensor("e"))], ROWS, 2
    )
    assert found.meets[-1] is True
    last = Op("unknown", (tensor("d"),), (c,))
    found = phases([gather, softmax(b, a), wait, last], ROWS, 2)
    assert found.meets == [False, True, True, False]


def test_without_phases_all_meet_after_each():
    ops = [softmax(tensor("b"), tensor("a")) for _ in range(3)]
    found = one_by_one(ops)
    assert (found.ops, found.meets) == (ops, [True] * 3)


def first_layer(inputs=INPUTS, units=UNITS):
    x, h, d = tensor("x", inputs), tensor("h", units), tensor("d", units)
    weight = Variable(np.zeros((inputs, units), np.float32))
    sizes = 1, inputs, units
    return [
        Op("gather", (x,), (), (0, 1, inputs, inputs)),
        Op("dense_forward", (h,), (x, weight, None), (*sizes, 16, inputs, 16)),
        Op("dense_backward_weight", (Held("g", weight.value),), (x, d),
           (*sizes, 16, inputs, 16)),
    ]  # fmt: skip


def test_many_inputs_are_shared_in_blocks():
    kinds = [op.kind for op in for_threads(first_layer(), ROWS, 2)]
    assert kinds == ["gather", "dense_partial", "dense_join", "dense_backward_weight"]


@pytest.mark.parametrize(("inputs", "units"), [(256, 10), (784, 400)])
def test_few_inputs_or_many_units_are_not(inputs, units):
    kinds = [op.kind for op in for_threads(first_layer(inputs, units), ROWS, 2)]
    assert kinds == ["gather", "dense_forward", "dense_backward_weight"]


def test_rows_that_another_operation_looks_at_are_gathered_whole():
    ops = first_layer()
    ops.insert(1, Op("unknown", (tensor("y"),), (ops[0].outputs[0],)))
    assert "dense_partial" not in [op.kind for op in for_threads(ops, ROWS, 2)]


@pytest.mark.parametrize(("inputs", "blocks"), [(0, 1), (256, 1), (257, 2), (784, 4)])
def test_blocks_of_a_sum(inputs, blocks):
    assert kernels.sum_block_count(inputs) == blocks


@st.composite
def plans(draw):
    """Operations of all kinds of parts over a few tensors and blocks."""
    tensors = [tensor(f"t{i}") for i in range(5)]
    block = np.zeros(64, np.float32)
    ops = []
    for _ in range(draw(st.integers(1, 14))):
        if draw(st.booleans()):
            ops.append(softmax(*(draw(st.sampled_from(tensors)) for _ in range(2))))
            continue
        begin = draw(st.integers(0, 60))
        held = Held("h", block[begin : draw(st.integers(begin + 1, 64))])
        operands = [held, *(draw(st.sampled_from(tensors)) for _ in range(2))]
        kind = draw(st.sampled_from(["unknown", "mean_accumulate"]))
        ops.append(Op(kind, tuple(operands[:1]), tuple(operands[1:])))
    return ops


def touches(op):
    """(memory, whether it is written), without the division by threads."""
    for i, operand in enumerate(op.operands):
        array = operand.array if isinstance(operand, Held) else None
        yield operand if array is None else array, i < len(op.outputs)


def meet_in_memory(one, other):
    for a, a_written in touches(one):
        for b, b_written in touches(other):
            if not (a_written or b_written) or type(a) is not type(b):
                continue
            if a is b or (isinstance(a, np.ndarray) and np.shares_memory(a, b)):
                return True
    return False


@given(plans())
def test_order_is_kept_where_memory_is_shared(ops):
    found = phases(ops, ROWS, 2)
    place = {op: i for i, op in enumerate(found.ops)}
    assert set(place) == set(ops)
    assert found.numbers == sorted(found.numbers)
    for i, one in enumerate(ops):
        for other in ops[i + 1 :]:
            if not meet_in_memory(one, other):
                continue
            assert place[one] < place[other]
            apart = found.numbers[place[one]] != found.numbers[place[other]]
            alike = one.kind == other.kind != "unknown"
            assert apart or alike
