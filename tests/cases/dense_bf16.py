"""Cases of the dense layer with bfloat16 operands: those of the dense layer."""

import dataclasses

from . import dense

CASES = [
    dataclasses.replace(
        case,
        kernel=case.kernel.replace("dense", "dense_bf16"),
        dtypes=("float32",),
    )
    for case in dense.CASES
    if case.kernel != "dense_backward_bias"
    and case.variant in ("", "linear", "relu", "tanh", "relu without bias")
]
