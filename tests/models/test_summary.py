"""The table of a model."""

import pytest

import fastnn
from fastnn.layers import Dense, Dropout, Input


def model():
    inner = fastnn.Sequential([Dense(4, name="a"), Dropout(0.5, name="b")], name="in")
    net = fastnn.Sequential([Input((3,)), Dense(2, name="first"), inner], name="net")
    net.layers[0].trainable = False
    return net


def lines(*arguments, **named):
    found = []
    model().summary(*arguments, print_fn=found.append, **named)
    (text,) = found
    return text.splitlines()


def cells(line):
    return [cell.strip() for cell in line.replace("┃", "│").split("│")[1:-1]]


def test_layers_and_totals():
    table = lines(line_length=60)
    assert table[0] == 'Model: "net"'
    assert {len(line) for line in table[1:8]} == {60}
    assert cells(table[2]) == ["Layer (type)", "Output Shape", "Param #"]
    assert cells(table[4]) == ["first (Dense)", "(None, 2)", "8"]
    assert cells(table[6]) == ["in (Sequential)", "(None, 4)", "12"]
    assert table[8:] == [
        " Total params: 20 (80.00 B)",
        " Trainable params: 12 (48.00 B)",
        " Non-trainable params: 8 (32.00 B)",
    ]


def test_what_is_inside():
    names = [cells(line)[0] for line in lines(60, expand_nested=True) if "(D" in line]
    assert names == ["first (Dense)", "└ a (Dense)", "└ b (Dropout)"]


def test_what_is_trained():
    table = [cells(x) for x in lines(70, expand_nested=True, show_trainable=True)]
    assert [row[3] for row in table if len(row) == 4][1:] == ["N", "Y", "Y", "-"]


def test_long_names_take_several_lines():
    table = lines(40, [0.3, 0.6, 1.0])
    assert cells(table[2]) == ["Layer", "Output", ""] or cells(table[3])[0] == "(type)"
    assert any("…" in line for line in table)


@pytest.mark.parametrize(
    "wrong", [["first"], [0, 1], ["x", "y"], "abc"], ids=["one", "numbers", "none", "?"]
)
def test_a_part_that_is_not_there(wrong):
    with pytest.raises(ValueError, match="Received: layer_range="):
        lines(layer_range=wrong)


def test_a_part():
    table = lines(60, layer_range=["f.*", "first"])
    assert sum("(None" in line for line in table) == 1


def test_too_narrow():
    with pytest.raises(ValueError, match="line_length"):
        lines(line_length=8)
