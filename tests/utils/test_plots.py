"""plot_model, model_to_dot and plot_history."""

import html
import os
import re
import shutil
import stat
import sys

import pytest

import fastnn
from fastnn.layers import Dense, Dropout, Input
from fastnn.utils import model_to_dot, plot_history, plot_model


def model():
    inner = fastnn.Sequential(
        [Dense(4, "relu", name="a"), Dense(5, name="b")], name="in"
    )
    inner.trainable = False
    layers = [
        Input((3,)),
        Dense(2, "tanh", name="first"),
        inner,
        Dropout(0.1, name="d"),
    ]
    return fastnn.Sequential(layers, name="all")


own = fastnn.activations.with_derivative(lambda x: 0 * x + 1)(lambda x: x)


def labels(dot):
    return [node.get_label() for node in dot.get_nodes() if node.get_label()]


def named(dot):
    """Edges as names of layers."""
    graphs = [dot, *dot.get_subgraphs()]
    nodes = {n.get_name(): n.get_label() for g in graphs for n in g.get_nodes()}
    found = [e for g in graphs for e in g.get_edges()]
    ends = [(nodes[e.get_source()], nodes[e.get_destination()]) for e in found]
    return {tuple(re.search("<b>(.*?)</b>", end)[1] for end in pair) for pair in ends}


class TestModel:
    @pytest.fixture(autouse=True)
    def needs_pydot(self):
        pytest.importorskip("pydot")

    def test_a_row_of_boxes(self):
        dot = model_to_dot(model())
        assert named(dot) == {("first", "in"), ("in", "d")}
        assert "Input shape" not in dot.to_string()

    def test_models_inside(self):
        dot = model_to_dot(model(), expand_nested=True)
        (cluster,) = dot.get_subgraphs()
        assert cluster.get_label() == "in"
        assert named(dot) == {("first", "a"), ("a", "b"), ("b", "d")}

    def test_what_is_shown(self):
        plain = labels(model_to_dot(model(), show_layer_names=False))
        assert "first" not in plain[0]
        assert "<b>Dense</b>" in plain[0]
        for option, texts in {
            "show_shapes": ["Input shape: <b>(None, 3)", "Output shape: <b>(None, 2)"],
            "show_dtype": ["Output dtype: <b>float32"],
            "show_layer_activations": ["Activation: <b>tanh"],
            "show_trainable": ["<b>Trainable"],
        }.items():
            first, second, _ = labels(model_to_dot(model(), **{option: True}))
            assert all(text in first for text in texts)
            assert option != "show_trainable" or "<b>Non-trainable" in second

    def test_how_it_is_drawn(self):
        text = model_to_dot(model(), rankdir="LR", dpi=90, splines="line").to_string()
        assert all(part in text for part in ("rankdir=LR", "dpi=90", "splines=line"))
        cluster = model_to_dot(model(), subgraph=True)
        assert cluster.to_string().startswith("subgraph cluster_all")

    def test_a_model_of_its_own_is_one_box(self):
        class Own(fastnn.models.Model):
            def __init__(self):
                super().__init__()
                self.dense = Dense(2)

            def call(self, x):
                return self.dense(x)

        own = Own()
        with pytest.raises(ValueError, match="built"):
            model_to_dot(own)
        own.build((None, 3))
        (label,) = labels(model_to_dot(own, show_shapes=True))
        assert "(None, 3)" in label

    @pytest.mark.skipif(sys.platform == "win32", reason="a script is no program")
    def test_graphviz_makes_the_image(self, tmp_path, monkeypatch):
        program = tmp_path / "dot"
        program.write_text(
            f"#!{sys.executable}\nimport sys\n"
            "print(sys.argv[1])\nprint(open(sys.argv[-1]).read())\n"
        )
        program.chmod(program.stat().st_mode | stat.S_IEXEC)
        path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
        monkeypatch.setenv("PATH", path)
        image = tmp_path / "model.svg"
        plot_model(model(), image, show_shapes=True)
        kind, text = image.read_text().split("\n", 1)
        assert kind == "-Tsvg"
        assert "(None, 3)" in text

    @pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not there")
    @pytest.mark.parametrize("expand", [False, True])
    def test_graphviz_itself_draws_all_that_is_shown(self, tmp_path, expand):
        inner = fastnn.Sequential([Dense(4, "relu", name="a<&>")], name='in "& side')
        net = fastnn.Sequential([Input((3,)), inner, Dense(2, own, name="last")])
        image = tmp_path / "model.svg"
        plot_model(net, image, True, True, True, "LR", expand, 90, True, True)
        text = html.unescape(image.read_text())
        shown = [
            *(["a<&>", "relu"] if expand else []),
            'in "& side',
            "last",
            "<lambda>",
        ]
        assert [part for part in (*shown, "(None, 3)") if part not in text] == []
        plot_model(net, tmp_path / "model.png")
        assert (tmp_path / "model.png").read_bytes().startswith(b"\x89PNG")

    @pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not there")
    def test_a_kind_of_image_that_there_is_not(self, tmp_path):
        with pytest.raises(ValueError, match=r"Received: to_file=.*model\.nothing"):
            plot_model(model(), tmp_path / "model.nothing")

    def test_without_graphviz_it_says_what_is_missing(self, tmp_path, monkeypatch):
        monkeypatch.setenv("PATH", str(tmp_path))
        with pytest.raises(ImportError, match="Graphviz"):
            plot_model(model(), tmp_path / "model.png")


def test_without_pydot_it_says_what_is_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "pydot", None)
    with pytest.raises(ImportError, match=r"fastnn\[plot\]"):
        plot_model(model())


class TestHistory:
    VALUES: dict = {"loss": [3.0, 2.0, 1.0, 0.5], "val_loss": [3.0, 2.5]}  # noqa: RUF012

    @pytest.fixture(autouse=True)
    def needs_matplotlib(self):
        pytest.importorskip("matplotlib")

    def lines(self, figure):
        return [
            {line.get_label(): list(line.get_xydata()[:, 0]) for line in ax.get_lines()}
            for ax in figure.axes
        ]

    def test_training_and_validation(self, tmp_path):
        net = fastnn.Sequential([Dense(1)])
        net.compile("sgd", "mse", metrics=["mae"])
        x = [[1.0], [2.0], [3.0], [4.0]]
        history = net.fit(
            x, x, epochs=4, verbose=0, validation_data=(x, x), validation_freq=[2, 3]
        )
        image = tmp_path / "history.png"
        figure = plot_history(history, image)
        expected = {"training": [1, 2, 3, 4], "validation": [2, 3]}
        assert self.lines(figure) == [expected, expected]
        assert [ax.get_ylabel() for ax in figure.axes] == ["loss", "mae"]
        assert image.read_bytes().startswith(b"\x89PNG")

    def test_a_part_of_a_dict(self, tmp_path):
        figure = plot_history(self.VALUES, metrics=["loss"])
        assert self.lines(figure) == [{"training": [1, 2, 3, 4], "validation": [1, 2]}]
        sizes = []
        for dpi in (50, 100):
            plot_history(self.VALUES, tmp_path / "x.png", dpi=dpi)
            width = (tmp_path / "x.png").read_bytes()[16:20]
            sizes.append(int.from_bytes(width, "big"))
        assert sizes == [250, 500]

    def test_what_is_not_there(self):
        with pytest.raises(ValueError, match="Received"):
            plot_history(self.VALUES, metrics=["accuracy"])
        with pytest.raises(ValueError, match="Received"):
            plot_history({})
        with pytest.raises(TypeError, match="Received"):
            plot_history(3)

    def test_without_matplotlib_it_says_what_is_missing(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
        with pytest.raises(ImportError, match=r"fastnn\[plot\]"):
            plot_history(self.VALUES)
