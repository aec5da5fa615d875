"""What the plan knows of each kind of operation that a layer can record.

One file per family, with the operation's forward and backward side by side; `RULES` is
the one table. A new kind is a file here, a line in the table, and a kernel.
"""

from fastnn.plan.rules import (
    activity,
    add,
    affine,
    batch_normalization,
    dense,
    dropout,
    elementwise,
    embedding,
    masking,
    noise,
    normalization,
    permute,
    prelu,
    python,
    repeat,
    reshape,
    softmax,
)
from fastnn.plan.rules.rule import Gradients, Rule

__all__ = ["RULES", "Gradients", "Rule"]

RULES = {
    "activity": activity.RULE,
    "add": add.RULE,
    "add_scaled_forward": add.SCALED,
    "affine_forward": affine.RULE,
    "batch_normalization_forward": batch_normalization.RULE,
    "dense_bf16_forward": dense.RULE,
    "dense_forward": dense.RULE,
    "dropout_forward": dropout.RULE,
    "elementwise_forward": elementwise.RULE,
    "embedding_forward": embedding.RULE,
    "gaussian_dropout_forward": noise.MULTIPLIED,
    "gaussian_noise_forward": noise.ADDED,
    "glu_forward": softmax.GLU,
    "log_softmax_forward": softmax.RULE,
    "normalization_forward": normalization.RULE,
    "masking_forward": masking.RULE,
    "permute": permute.RULE,
    "prelu_forward": prelu.RULE,
    "python": python.RULE,
    "repeat_forward": repeat.RULE,
    "reshape": reshape.COPY,
    "softmax_forward": softmax.RULE,
    "sparsemax_forward": softmax.RULE,
    "view": reshape.VIEW,
}
"""By the name of the forward operation."""
