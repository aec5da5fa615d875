"""Models: names and paths, their parts and weights, summaries, copies."""

import numpy as np
import pytest

from parity.harness import both, keras, raise_alike

X = np.random.default_rng(3).normal(size=(6, 3)).astype("float32")


def nested(k):
    """A model within a model, of layers whose weights are of all kinds."""
    k.utils.clear_session()
    inner = k.Sequential(
        [k.layers.Dense(4, "relu"), k.layers.Dropout(0.2), k.layers.Dense(3)],
        name="inner",
    )
    layers = [k.Input((3,)), k.layers.Dense(3, use_bias=False), inner]
    return k.Sequential([*layers, k.layers.Activation("tanh"), k.layers.Dense(2)])


def numbered(model):
    """Gives every weight values that follow from its place and its shape."""
    weights = [
        np.linspace(-1, 1, w.size).reshape(w.shape) + i
        for i, w in enumerate(model.get_weights())
    ]
    model.set_weights(weights)
    return model


def subclass(k):
    class Own(k.models.Model):
        def __init__(self, units=4, **base):
            super().__init__(**base)
            self.units = units
            self.first = k.layers.Dense(units, "tanh")
            self.blocks = [k.layers.Dense(units), k.layers.Dense(units)]
            self.last = k.layers.Dense(2)

        def call(self, inputs, training=False):
            x = self.first(inputs)
            for block in self.blocks:
                x = x + block(x)
            return self.last(x)

        def get_config(self):
            return {"units": self.units, "name": self.name}

    k.utils.clear_session()
    return Own


def named(model):
    return [[w.name, w.path, list(w.shape), w.trainable] for w in model.weights]


def test_names_and_paths():
    both(lambda k: named(nested(k)))


def test_automatic_names():
    def names(k):
        k.utils.clear_session()
        make = k.layers
        layers = [
            make.Dense(1), make.Dense(1), make.Dropout(0.1), make.Flatten(),
            make.Activation("relu"), make.Rescaling(2.0), make.Normalization(),
            make.CategoryEncoding(3), make.Discretization([0.0, 1.0]),
        ]  # fmt: skip
        parts = [k.Sequential(), k.Sequential()]
        parts += [k.optimizers.Adam(), k.optimizers.SGD()]
        parts += [k.optimizers.RMSprop()]

        class LayerOfMyOWN(make.Layer):
            pass

        return [part.name for part in (*layers, *parts, LayerOfMyOWN())]

    both(names)


def test_parts():
    def parts(k):
        model = nested(k)
        return {
            "layers": [layer.name for layer in model.layers],
            "inner": [layer.name for layer in model.get_layer("inner").layers],
            "at": [model.get_layer(index=1).name, model.get_layer(index=-1).name],
            "shapes": [list(model.input_shape), list(model.output_shape)],
            "counts": [model.count_params(), *(x.count_params() for x in model.layers)],
            "built": model.built,
            "name": model.name,
            "dtype": [str(model.dtype), str(model.compute_dtype)],
        }

    both(parts)


def test_order_of_weights():
    def order(k):
        model = nested(k)
        kinds = ("weights", "trainable_weights", "non_trainable_weights")
        return [[w.path for w in getattr(model, kind)] for kind in kinds]

    both(order)


@pytest.mark.parametrize("frozen", [0, 1, "inner", "within", "all"])
def test_freezing(frozen):
    def seen(k):
        model = numbered(nested(k))
        if frozen == "all":
            model.trainable = False
        elif frozen == "within":
            model.get_layer("inner").layers[0].trainable = False
        elif frozen == "inner":
            model.get_layer("inner").trainable = False
        else:
            model.layers[frozen].trainable = False
        paths = [[w.path for w in model.trainable_weights]]
        paths.append([w.path for w in model.non_trainable_weights])
        model.trainable = True
        return [paths, len(model.trainable_weights)]

    both(seen)


def test_a_frozen_layer_does_not_train():
    def trained(k):
        k.utils.clear_session()
        layers = [k.layers.Dense(4, "tanh"), k.layers.Dense(2)]
        model = numbered(k.Sequential([k.Input((3,)), *layers]))
        layers[0].trainable = False
        model.compile(k.optimizers.SGD(0.01), "mse")
        history = model.fit(X, X[:, :2], epochs=2, verbose=0, shuffle=False)
        return [history.history, model.get_weights()]

    both(trained)


def test_add_and_pop():
    def seen(k):
        k.utils.clear_session()
        model = k.Sequential()
        built = [model.built]
        model.add(k.Input((3,)))
        model.add(k.layers.Dense(4))
        built.append(model.built)
        model.add(k.layers.Dense(2))
        names = [[layer.name for layer in model.layers]]
        shapes = [list(model.output_shape)]
        popped = model.pop()
        shapes.append(list(model.output_shape))
        names.append([popped.name, *(layer.name for layer in model.layers)])
        model.add(k.layers.Dense(5))
        return [built, names, shapes, list(model.output_shape), len(model.weights)]

    both(seen)


def test_built_late():
    def seen(k):
        k.utils.clear_session()
        model = k.Sequential([k.layers.Dense(4), k.layers.Dense(2)])
        before = [model.built, len(model.weights)]
        model.build((None, 3))
        return [before, model.built, named(model), list(model.output_shape)]

    both(seen)


def test_a_model_of_its_own():
    def seen(k):
        model = subclass(k)(name="mine")
        model.build((None, 3))
        model(X)
        numbered(model)
        names = [w.path.split("/", 1)[1] for w in model.weights]
        names.append([layer.name for layer in model.layers])
        return [names, model(X), model.predict(X, verbose=0)]

    both(seen)


def test_training_a_model_of_its_own():
    def trained(k):
        model = subclass(k)()
        model(X)
        small = [w * 0.1 for w in numbered(model).get_weights()]
        model.set_weights(small)
        model.compile(k.optimizers.SGD(0.01), "mse", metrics=["mae"])
        history = model.fit(X, X[:, :2], epochs=3, verbose=0, shuffle=False)
        evaluated = model.evaluate(X, X[:, :2], verbose=0)
        return [history.history, model.get_weights(), evaluated]

    both(trained)


SUMMARY = {
    "plain": {},
    "nested": {"expand_nested": True},
    "trainable": {"show_trainable": True, "line_length": 78},
    "both": {"show_trainable": True, "expand_nested": True, "line_length": 70},
    "narrow": {"line_length": 40},
    "positions": {"positions": [0.3, 0.5, 1.0], "line_length": 77},
    "a part": {"layer_range": ["inner", "activation"]},
    "patterns": {"layer_range": ["dense_.*", "in.*"]},
}


@pytest.mark.parametrize("arguments", SUMMARY.values(), ids=SUMMARY)
def test_summary(arguments):
    def text(k):
        model = nested(k)
        model.layers[0].trainable = False
        lines = []
        model.summary(print_fn=lines.append, **arguments)
        return lines

    assert "Non-trainable params: 9 (36.00 B)" in both(text)[0]


def test_summary_of_what_is_not_built():
    def text(k):
        k.utils.clear_session()
        lines = []
        model = k.Sequential([k.layers.Dense(4), k.layers.Dense(2)])
        model.summary(print_fn=lines.append)
        return lines

    both(text)


# ---- copies


def test_clone_model():
    def seen(k):
        model = numbered(nested(k))
        clone = k.models.clone_model(model)
        clone.set_weights(model.get_weights())
        names = [layer.name for layer in clone.layers]
        return [names, clone.name == model.name, clone.predict(X, verbose=0)]

    both(seen)


def test_clone_of_a_layer():
    def seen(k):
        layer = k.models.clone_model(k.layers.Dense(2, name="one"))
        return [layer.name, layer.units]

    both(seen)


def test_clone_model_by_a_function():
    def seen(k):
        def wider(layer):
            if layer.__class__.__name__ != "Dense":
                return layer.__class__.from_config(layer.get_config())
            config = layer.get_config()
            return k.layers.Dense.from_config({**config, "activation": "relu"})

        k.utils.clear_session()
        layers = [k.layers.Dense(4), k.layers.Dropout(0.1), k.layers.Dense(2)]
        model = k.Sequential([k.Input((3,)), *layers])
        clone = k.models.clone_model(model, clone_function=wider)
        config = k.activations.serialize(clone.layers[0].activation)
        return [[x.name for x in clone.layers], config, clone.count_params()]

    both(seen)


def test_json():
    def seen(k):
        model = numbered(nested(k))
        again = k.models.model_from_json(model.to_json(indent=1))
        again.set_weights(model.get_weights())
        return [[x.name for x in again.layers], again.name, again.predict(X, verbose=0)]

    both(seen)


def test_json_of_a_compiled_model():
    def seen(k):
        model = nested(k)
        optimizer = k.optimizers.SGD(0.25, momentum=0.5)
        model.compile(optimizer, "mse", metrics=["mae"])
        again = k.models.model_from_json(model.to_json())
        kept = again.optimizer.get_config()
        return [again.compiled, kept["learning_rate"], kept["momentum"]]

    both(seen)


def test_config():
    def seen(k):
        model = nested(k)
        config = model.get_config()
        again = k.Sequential.from_config(config)
        kinds = [part["class_name"] for part in config["layers"]]
        names = [[w.name, list(w.shape)] for w in again.weights]
        return [kinds, config["name"], names, list(again.output_shape)]

    both(seen)


@pytest.mark.filterwarnings("ignore")
def test_weights_of_another_head(tmp_path):
    def seen(k):
        path = tmp_path / ("a.weights.h5" if k is keras else "a.weights.npz")
        kept, other = (
            k.Sequential([
                k.Input((3,)),
                k.layers.Dense(2, kernel_initializer=first),
                k.layers.BatchNormalization(gamma_initializer=first),
                k.layers.Dense(units, kernel_initializer=first),
            ])
            for first, units in (("ones", 4), ("zeros", 5))
        )  # fmt: skip
        kept.save_weights(path, overwrite=True)
        other.load_weights(path, skip_mismatch=True)
        return other.get_weights()

    both(seen)


def test_config_of_a_model_of_its_own():
    def seen(k):
        model = subclass(k)(units=3)
        again = type(model).from_config(model.get_config())
        return [again.units, again.name, model.get_config()]

    both(seen)


def test_compile_config():
    def seen(k):
        model = nested(k)
        model.compile("sgd", "mse", metrics=["mae"], weighted_metrics=["mse"])
        config = model.get_compile_config()
        again = nested(k)
        again.compile_from_config(config)
        names = ["loss", "loss_weights", "metrics", "weighted_metrics", "run_eagerly"]
        names += ["steps_per_execution"]
        plain = {name: config[name] for name in names}
        return [plain, config["optimizer"]["class_name"], again.compiled]

    both(seen)


# ---- what does not fit


WRONG = {
    "no layer": lambda k: k.Sequential([3]),
    "a name twice": lambda k: k.Sequential(
        [k.layers.Dense(2, name="a"), k.layers.Dense(2, name="a")]
    ),
    "pop of nothing": lambda k: k.Sequential().get_layer("x"),
    "no such layer": lambda k: nested(k).get_layer("x"),
    "no such index": lambda k: nested(k).get_layer(index=9),
    "neither name nor index": lambda k: nested(k).get_layer(),
    "too few weights": lambda k: nested(k).set_weights([]),
    "weights of another shape": lambda k: k.Sequential(
        [k.Input((3,)), k.layers.Dense(2)]
    ).set_weights([np.zeros((2, 2)), np.zeros(2)]),
    "parameters of what is not built": lambda k: k.layers.Dense(2).count_params(),
    "an input of another shape": lambda k: nested(k)(X[:, :2]),
    "a layer_range of one": lambda k: nested(k).summary(layer_range=["inner"]),
    "a layer_range of numbers": lambda k: nested(k).summary(layer_range=[0, 1]),
    "a layer_range of nothing": lambda k: nested(k).summary(layer_range=["x", "y"]),
    "a narrow summary": lambda k: nested(k).summary(line_length=10),
    "units": lambda k: k.layers.Dense(-3),
    "a layer as activation": lambda k: k.layers.Dense(2, activation="rleu"),
    "a file of another kind": lambda k: nested(k).save_weights("weights.txt"),
    "a name that is none": lambda k: k.layers.Dense(2, name=3),
    "a name with a slash": lambda k: k.layers.Dense(2, name="a/b"),
}


@pytest.mark.parametrize("call", WRONG.values(), ids=WRONG)
def test_what_does_not_fit(call):
    raise_alike(call)
