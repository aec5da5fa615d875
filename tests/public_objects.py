"""Every public class of the descriptive rooms, with arguments and what they change.

Found by introspection: a class that is added to a room is tested without being listed
here, and an argument without a second value to try fails the tests.
"""

import copy
import inspect
from types import SimpleNamespace

import numpy as np
import public_metrics
import public_optimizers
import public_schedules

from fastnn import (
    activations,
    constraints,
    initializers,
    layers,
    losses,
    metrics,
    optimizers,
    regularizers,
    saving,
)
from fastnn.layers import HashedCrossing
from fastnn.layers.preprocessing.categorical import CategoricalLayer
from fastnn.plan.tensor import Held, Tensor
from fastnn.saving.config import constructor_parameters, serialize

ROOMS = {
    "constraints": constraints,
    "initializers": initializers,
    "layers": layers,
    "losses": losses,
    "metrics": metrics,
    "optimizers": optimizers,
    "regularizers": regularizers,
    "schedules": optimizers.schedules,
}

ABSTRACT = {"Initializer", "RandomInitializer", "Layer", "Loss", "Metric", "Optimizer"}
ABSTRACT |= {"Constraint", "LearningRateSchedule", "Regularizer"}
ABSTRACT |= {"CTC"}  # which is refused
ABSTRACT |= {"OptimizerMap"}  # a mapping, tested with MultiOptimizer


@saving.register_serializable("tests")
def doubled(x, factor=2.0):
    return x * factor


DENSE = [layers.Dense(n, kernel_initializer="ones", name="dense") for n in (3, 4)]

REQUIRED = {
    "Activation": {"activation": "relu"},
    "ActivityRegularization": {"l1": 0.1},
    "AlphaDropout": {"rate": 0.25, "seed": 1},
    "CategoryEncoding": {"num_tokens": 4},
    "Dense": {"units": 3},
    "Discretization": {"bin_boundaries": [0.0, 0.5, 1.0], "output_mode": "count"},
    "Dropout": {"rate": 0.25, "seed": 1},
    "Embedding": {"input_dim": 6, "output_dim": 3},
    "GaussianDropout": {"rate": 0.25, "seed": 1},
    "GaussianNoise": {"stddev": 0.5, "seed": 1},
    "GroupNormalization": {"groups": 2},
    "HashedCrossing": {"num_bins": 50, "output_mode": "one_hot"},
    "Hashing": {"num_bins": 50, "output_mode": "count"},
    "InputLayer": {"shape": (4,)},
    "Lambda": {"function": doubled},
    "MaxNorm": {"axis": 1},
    "MinMaxNorm": {"min_value": 0.5, "max_value": 5.0, "rate": 0.5, "axis": 1},
    "UnitNorm": {"axis": 1},
    "IntegerLookup": {
        "max_tokens": 9,
        "num_oov_indices": 2,
        "vocabulary": [2, 3],
        "output_mode": "count",
        "pad_to_max_tokens": True,
    },
    "SpectralNormalization": {"layer": DENSE[0]},
    "Rescaling": {"scale": 0.5, "offset": 1.0},
    "Permute": {"dims": (2, 1)},
    "RepeatVector": {"n": 3},
    "Reshape": {"target_shape": (2, -1)},
    "RMSprop": {"momentum": 0.5},
    "SGD": {"momentum": 0.5},
    "StringLookup": {
        "max_tokens": 9,
        "num_oov_indices": 2,
        "vocabulary": ["a", "b"],
        "output_mode": "count",
        "pad_to_max_tokens": True,
    },
    "VarianceScaling": {"mode": "fan_avg"},
    **public_metrics.REQUIRED,
    **public_schedules.REQUIRED,
}

SECOND_VALUES = {
    "arguments": {"factor": 3.0},
    "batch_shape": (None, 5),
    "function": activations.relu,
    "input_tensor": np.ones(3),
    "mask": np.array([True, False]),
    "optional": True,
    "output_shape": (8,),
    "ragged": True,
    **public_optimizers.SECOND_VALUES,
    **public_schedules.SECOND_VALUES,
    "activation": "tanh",
    "alpha": 0.5,
    "activity_regularizer": "l2",
    "dims": (1, 2),
    "embeddings_constraint": "unit_norm",
    "embeddings_initializer": "ones",
    "embeddings_regularizer": "l2",
    "lora_alpha": 8,
    "lora_rank": 2,
    "mask_zero": True,
    "output_dim": 5,
    "quantization_config": "int8",
    "weights": np.ones((6, 3)),
    "n": 5,
    "target_shape": (4, -1),
    "bin_boundaries": [0.5, 2.0],
    "encoding": "latin-1",
    "idf_weights": [1.0, 2.0],
    "invert": True,
    "mask_token": "x",
    "mask_value": 3,
    "max_tokens": 12,
    "num_bins": 7,
    "num_oov_indices": 1,
    "num_tokens": 5,
    "offset": 2.0,
    "oov_method": "farmhash",
    "oov_token": "[?]",
    "output_mode": "one_hot",
    "pad_to_max_tokens": False,
    "salt": 5,
    "sparse": True,
    "variance": 4.0,
    "vocabulary": ["b", "c", "d"],
    "vocabulary_dtype": "int32",
    "amsgrad": True,
    "apply_class_balancing": True,
    "axis": 0,
    "batch_size": 8,
    "beta": 0.2,
    "beta_1": 0.5,
    "beta_2": 0.5,
    "beta_constraint": "non_neg",
    "beta_initializer": "ones",
    "beta_regularizer": "l1",
    "center": False,
    "gamma_constraint": "non_neg",
    "gamma_initializer": "zeros",
    "gamma_regularizer": "l2",
    "moving_mean_initializer": "ones",
    "moving_variance_initializer": "zeros",
    "synchronized": True,
    "alpha_constraint": "non_neg",
    "alpha_initializer": "ones",
    "alpha_regularizer": "l1",
    "groups": 4,
    "rms_scaling": True,
    "shared_axes": (1,),
    "renorm": True,
    "renorm_momentum": 0.5,
    "renorm_clipping": {"rmax": 1.5},
    "layer": DENSE[1],
    "power_iterations": 3,
    "bias_constraint": "unit_norm",
    "bias_initializer": "ones",
    "bias_regularizer": "l1",
    "centered": True,
    "data_format": "channels_first",
    "delta": 0.2,
    "distribution": "uniform",
    "dtype": "float64",
    "epsilon": 1e-3,
    "fn": "mean_absolute_error",
    "from_logits": True,
    "ignore_class": 1,
    "input_axes": (0, 1),
    "input_dim": 4,
    "input_shape": (2, 4),
    "kernel_constraint": "non_neg",
    "kernel_initializer": "ones",
    "kernel_regularizer": "l2",
    "l1": 0.5,
    "l2": 0.5,
    "label_smoothing": 0.1,
    "learning_rate": 0.5,
    "max_value": 1.5,
    "margin": 0.3,
    "maxval": 0.5,
    "mean": 1.0,
    "min_value": 2.5,
    "minval": -0.5,
    "mode": "fan_out",
    "momentum": 0.75,
    "name": "another",
    "negative_slope": 0.5,
    "nesterov": True,
    "noise_shape": (1, 4),
    "output_axes": (0,),
    "q": 0.7,
    "rate": 0.75,
    "reduction": "sum",
    "remove_diagonal": False,
    "rho": 0.5,
    "scale": 3.0,
    "seed": 7,
    "shape": (5,),
    "factor": 0.5,
    "gain": 2.0,
    "gamma": 3.0,
    "stddev": 1.0,
    "threshold": 0.2,
    "trainable": False,
    "units": 5,
    "use_bias": False,
    "value": 2.0,
    **public_metrics.SECOND_VALUES,
}

# Where one class needs another second value than the rest.
SECOND_VALUES_OF = {
    ("BatchNormalization", "axis"): 1,
    ("BatchNormalization", "epsilon"): 0.5,
    ("BatchNormalization", "scale"): False,
    ("GroupNormalization", "axis"): 1,
    ("GroupNormalization", "epsilon"): 0.5,
    ("GroupNormalization", "scale"): False,
    ("LayerNormalization", "axis"): 1,
    ("LayerNormalization", "epsilon"): 0.5,
    ("LayerNormalization", "scale"): False,
    ("RMSNormalization", "axis"): 1,
    ("UnitNormalization", "axis"): 1,
    ("Discretization", "epsilon"): 0.0,
    ("Embedding", "input_dim"): 7,
    ("InputLayer", "dtype"): "int32",
    ("Flatten", "data_format"): "last",
    ("Hashing", "dtype"): "float64",
    ("HashedCrossing", "output_mode"): "int",
    ("IntegerLookup", "mask_token"): 5,
    ("Muon", "nesterov"): False,
    ("IntegerLookup", "oov_token"): -7,
    ("IntegerLookup", "vocabulary"): [5, 6, 7],
    ("Normalization", "axis"): (1, -1),
    ("Softmax", "axis"): 1,
    ("StringLookup", "output_mode"): "multi_hot",
    ("Tversky", "alpha"): 0.3,
    **public_metrics.SECOND_VALUES_OF,
}

# Arguments that count only beside others: what to change from, and what is beside it.
BESIDE = {
    "input_axes": ((0,), {"output_axes": (1,)}),
    "output_axes": ((1,), {"input_axes": (0,)}),
    **public_optimizers.BESIDE,
}


BESIDE_OF = {
    ("BatchNormalization", "renorm_clipping"): (None, {"renorm": True}),
    ("BatchNormalization", "renorm_momentum"): (0.99, {"renorm": True}),
    ("BinaryCrossentropy", "axis"): (-1, {"reduction": "none"}),
    ("BinaryFocalCrossentropy", "alpha"): (0.25, {"apply_class_balancing": True}),
    ("Dice", "reduction"): ("mean", {"axis": 1}),
    ("Tversky", "reduction"): ("mean", {"axis": 1}),
    ("Dense", "lora_alpha"): (4, {"lora_rank": 2}),
    ("Embedding", "lora_alpha"): (4, {"lora_rank": 2}),
    ("Normalization", "mean"): (0.0, {"variance": 1.0}),
    **{  # they scale with the inputs, and the axes count if both are given
        (f"{name}{kind}", "output_axes"): (None, {"input_axes": (0, 1)})
        for name in ("He", "Lecun")
        for kind in ("Normal", "Uniform")
    },
    ("Normalization", "variance"): (1.0, {"mean": 0.0}),
    **public_metrics.BESIDE_OF,
}


def beside(cls, argument):
    """What to change an argument from, and what is beside it."""
    return BESIDE_OF.get((cls.__name__, argument), BESIDE.get(argument, (None, {})))


def second_value(cls, argument):
    """Another value than an argument's usual one."""
    return SECOND_VALUES_OF.get((cls.__name__, argument), SECOND_VALUES[argument])


def public_classes(*rooms):
    """(room, class) for every public class that can be made."""
    for room in rooms or ROOMS:
        module = ROOMS[room]
        classes = {getattr(module, name) for name in module.__all__}
        for cls in sorted(filter(inspect.isclass, classes), key=lambda c: c.__name__):
            if cls.__name__ not in ABSTRACT:
                yield room, cls


def arguments():
    """(room, class, name) for every argument of every public class."""
    for room, cls in public_classes():
        for name in constructor_parameters(cls):
            yield room, cls, name


def make(cls, **changed):
    """An object of the class, the same at each call."""
    usual = {
        "embeddings_initializer": initializers.RandomUniform(seed=3),
        "kernel_initializer": initializers.GlorotUniform(seed=3),
        "name": "mine",
        "seed": 1,
    }
    taken = constructor_parameters(cls)
    usual = {name: value for name, value in usual.items() if name in taken}
    anew = public_optimizers.REQUIRED_ANEW.get(cls.__name__, dict)()
    given = {**usual, **REQUIRED.get(cls.__name__, {}), **anew, **changed}
    if isinstance(given.get("layer"), layers.Layer):  # one that is not built yet
        given["layer"] = copy.deepcopy(given["layer"])
    return cls(**given)


class FakeBuilder:
    """Writes down what a layer records."""

    training = True

    def __init__(self):
        self.ops = []
        self.after_backward = []

    def forward(
        self, kind, x, *weights, shape, sizes=(), scalars=(), function=None, key=None
    ):
        values = [_content(w) for w in weights]
        self.ops.append((kind, values, tuple(shape), scalars, function, key, sizes))
        return SimpleNamespace(shape=tuple(shape))

    def emit(self, kind, outputs, inputs, sizes=(), scalars=(), **further):
        shape = outputs[0].shape
        owner = getattr(further.get("call"), "__self__", None)
        iterations = getattr(owner, "_iterations", None)
        ops = (kind, [_content(w) for w in inputs], shape, sizes, scalars, iterations)
        self.ops.append(ops if iterations else ops[:-1])

    def tensor(self, name, shape, dtype="float32", **kind):
        return Tensor(name, tuple(shape), dtype, **kind)

    def needs_gradient(self, x):
        return True

    def at_the_end(self, kind, outputs, inputs, call):
        owner = vars(call.__self__)
        numbers = {k: v for k, v in owner.items() if isinstance(v, float | dict)}
        self.ops.append((kind, numbers, outputs[0].shape))

    def mark(self, x, out, weights):
        pass

    def apply(self, layer, x):
        if not layer.built:
            layer.build((None, *x.shape))
        return layer.lower(self, x)

    def keep_average(self, average, value, momentum):
        self.ops.append(("keep_average", _content(average), average.shape, momentum))

    def reshape(self, x, shape):
        self.ops.append(("reshape", [], tuple(shape)))
        return Tensor("reshape", tuple(shape), "float32")

    def permute(self, x, order):
        shape = tuple(x.shape[axis] for axis in order)
        self.ops.append(("permute", tuple(order), shape))
        return Tensor("permute", shape, "float32")

    def add(self, a, b, scale=1.0):
        self.ops.append(("add", scale, a.shape))
        return Tensor("add", a.shape, "float32")

    def masked(self, x, value):
        self.ops.append(("masking", value, x.shape))
        return x

    def mask_of(self, x):
        return None

    def set_mask(self, x, mask):
        self.ops.append(("mask", None, x.shape))

    def python_layer(self, layer, x, shape):
        result = np.asarray(layer.call(np.ones((2, *x.shape)))).tolist()
        self.ops.append(("python_layer", result, shape))
        return SimpleNamespace(shape=tuple(shape))

    def python_mask(self, layer, x, out):
        mask = layer.compute_mask(np.ones((2, *x.shape)), None)
        self.ops.append(("python_mask", np.asarray(mask).tolist(), out.shape))

    def python_function(self, function, derivative, x):
        self.ops.append(("python_function", function, derivative))
        return x


def _content(operand):
    """What can be compared of an operand: the values of one outside the plan."""
    if operand is None or isinstance(operand, Tensor | SimpleNamespace):
        return None
    array = operand.array if isinstance(operand, Held) else operand.value
    return array.tolist()


def row_shape(cls):
    """Shape of a row that a layer of the class takes."""
    return (4,) if cls.__name__ == "RepeatVector" else (2, 4)


def lowered(layer, shape=(4,)):
    """The operations that a layer records for an input of this shape."""
    builder = FakeBuilder()
    if not layer.built:
        layer.build((None, *shape))
    layer.lower(builder, Tensor("x", shape, "float32"))
    return builder.ops


def behaviour(room, obj):
    """All that can be seen of an object, as something that `==` compares."""
    return [getattr(obj, "name", None), getattr(obj, "dtype", None), _SEE[room](obj)]


def _initializer(obj):
    return obj((3, 4)).tolist()


def _regularizer(obj):
    return obj(np.array([[1.0, -2.0], [0.5, 0.0]]))


TOKENS = {
    "StringLookup": np.array(
        [[b"a", b"k", b"l", b"x"], [b"m", b"\xc3\xa4", b"b", b"b"]]
    ),
    "IntegerLookup": np.array([[3, 4, 5, 2], [11, 8, 2, 2]]),
}


def _categories(obj):
    kind = type(obj).__name__
    values = TOKENS.get(kind, np.array([[0, 1, 3, 2], [3, 3, 0, 0]]))
    vocabulary = obj.get_vocabulary() if hasattr(obj, "get_vocabulary") else None
    rows = values.reshape(-1, 1)
    outputs = obj([rows, rows]) if kind == "HashedCrossing" else obj(values)
    return outputs.tolist(), str(outputs.dtype), vocabulary


def _layer(obj):
    if isinstance(obj, CategoricalLayer | HashedCrossing):
        penalty = obj.activity_regularizer and serialize(obj.activity_regularizer)
        return _categories(obj), obj.trainable, obj.input_shape, penalty
    ops = lowered(obj, row_shape(type(obj)))
    beside = [(w.regularizer, w.constraint) for w in obj.weights]
    penalties = [[part and serialize(part) for part in pair] for pair in beside]
    declared = (obj.input_shape, getattr(obj, "batch_shape", None))
    penalties.append(obj.activity_regularizer and serialize(obj.activity_regularizer))
    return ops, penalties, declared, obj.trainable, len(obj.trainable_weights)


def _targets(obj):
    if getattr(obj, "target", "values") != "values":
        # one axis less than the predictions have, but not the one of the classes
        return np.array([1, 0, 1] if getattr(obj, "axis", -1) == 0 else [1, 0])
    return np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]])


PREDICTIONS = np.array([[0.2, 0.7, 0.1], [0.3, 0.3, 0.4]])


def _loss(obj):
    if obj.target == "identities":
        rows = np.concatenate([PREDICTIONS, PREDICTIONS[::-1] ** 2])
        return obj([1, 0, 1, 0], rows)
    result = obj(_targets(obj), PREDICTIONS)
    return np.asarray(result).tolist()


def _constraint(obj):
    return obj(np.array([[1.0, -2.0], [0.5, 3.0], [0.0, 0.1]])).tolist()


_SEE = {
    "constraints": _constraint,
    "initializers": _initializer,
    "layers": _layer,
    "losses": _loss,
    "metrics": public_metrics.behaviour,
    "optimizers": public_optimizers.behaviour,
    "regularizers": _regularizer,
    "schedules": public_schedules.behaviour,
}
