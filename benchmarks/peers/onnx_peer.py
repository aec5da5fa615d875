"""ONNX Runtime: the network as a graph of Gemm and Relu, NumPy in and NumPy out."""

from __future__ import annotations

import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from benchmarks import cases

OPSET = 17


class Peer:
    """Prediction by `InferenceSession.run`."""

    def __init__(self, threads):
        self.options = onnxruntime.SessionOptions()
        self.options.intra_op_num_threads = threads
        self.options.inter_op_num_threads = 1

    def version(self):
        return onnxruntime.__version__

    def predict_case(self, case):
        session = onnxruntime.InferenceSession(
            build(case).SerializeToString(),
            self.options,
            providers=["CPUExecutionProvider"],
        )
        return lambda x: session.run(None, {"x": x})[0]


def build(case):
    """The case's network with the weights that all peers start from."""
    weights = cases.first_weights(case)
    nodes, initializers, last = [], [], "x"
    for layer in range(len(weights) // 2):
        kernel, bias, out = f"kernel{layer}", f"bias{layer}", f"out{layer}"
        initializers += [
            numpy_helper.from_array(weights[2 * layer], kernel),
            numpy_helper.from_array(weights[2 * layer + 1], bias),
        ]
        nodes.append(helper.make_node("Gemm", [last, kernel, bias], [out]))
        last = out
        if 2 * layer + 2 < len(weights):
            nodes.append(helper.make_node("Relu", [last], [f"relu{layer}"]))
            last = f"relu{layer}"
    if case.classify:
        nodes.append(helper.make_node("Softmax", [last], ["softmax"], axis=-1))
        last = "softmax"

    def value(name, width):
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, [None, width])

    graph = helper.make_graph(
        nodes,
        "network",
        [value("x", case.widths[0])],
        [value(last, case.widths[-1])],
        initializers,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)])
    model.ir_version = min(model.ir_version, 10)  # what older runtimes read as well
    onnx.checker.check_model(model)
    return model
