"""How far a kernel may be from the reference: one table, operation by type.

An entry is the largest allowed ``|actual - expected| / scale``. The scale is the
absolute value of what is expected, unless the kernel's cases say otherwise: sums and
differences are measured by the sum of the absolute values of their terms, times their
number, which is the classical bound (Higham, "Accuracy and Stability of Numerical
Algorithms", 2002, section 3.1).
"""

import numpy as np

F = float(np.finfo(np.float32).eps)
D = float(np.finfo(np.float64).eps)

#                                           float32  float64
TOLERANCES = {
    "linear_forward":                           (0, 0),
    "linear_backward":                          (0, 0),
    "relu_forward":                             (0, 0),
    "relu_backward":                            (0, 0),
    "sigmoid_forward":                          (1 * F, 2 * D),
    "sigmoid_backward":                         (2 * F, 2 * D),
    "tanh_forward":                             (1 * F, 2 * D),
    "tanh_backward":                            (2 * F, 2 * D),
    "leaky_relu_forward":                       (1 * F, 1 * D),
    "leaky_relu_backward":                      (1 * F, 1 * D),
    "elu_forward":                              (2 * F, 3 * D),
    "elu_backward":                             (2 * F, 2 * D),
    "softplus_forward":                         (1 * F, 2 * D),
    "softplus_backward":                        (3 * F, 4 * D),
    "relu_capped_forward":                     (0, 0),
    "relu_capped_backward":                    (0, 0),
    "rectifier_forward":                       (2 * F, 3 * D),
    "rectifier_backward":                      (2 * F, 2 * D),
    "threshold_forward":                       (1 * F, 1 * D),
    "threshold_backward":                      (0, 0),
    "hard_sigmoid_forward":                    (1 * F, 1 * D),
    "hard_sigmoid_backward":                   (1 * F, 1 * D),
    "hard_silu_forward":                       (3 * F, 3 * D),
    "hard_silu_backward":                      (3 * F, 3 * D),
    "hard_tanh_forward":                       (0, 0),
    "hard_tanh_backward":                      (0, 0),
    "soft_shrink_forward":                     (1 * F, 1 * D),
    "soft_shrink_backward":                    (0, 0),
    "hard_shrink_forward":                     (0, 0),
    "hard_shrink_backward":                    (0, 0),
    "sparse_sigmoid_forward":                  (1 * F, 1 * D),
    "sparse_sigmoid_backward":                 (1 * F, 1 * D),
    "sparse_plus_forward":                     (2 * F, 2 * D),
    "sparse_plus_backward":                    (2 * F, 2 * D),
    "tanh_shrink_forward":                     (1 * F, 2 * D),
    "tanh_shrink_backward":                    (3 * F, 3 * D),
    "celu_forward":                            (3 * F, 4 * D),
    "celu_backward":                           (3 * F, 3 * D),
    "selu_forward":                            (3 * F, 3 * D),
    "selu_backward":                           (2 * F, 2 * D),
    "exponential_forward":                     (1 * F, 2 * D),
    "exponential_backward":                    (1 * F, 1 * D),
    "log_sigmoid_forward":                     (1 * F, 2 * D),
    "log_sigmoid_backward":                    (3 * F, 4 * D),
    "softsign_forward":                        (2 * F, 2 * D),
    "softsign_backward":                       (3 * F, 3 * D),
    "squareplus_forward":                      (3 * F, 3 * D),
    "squareplus_backward":                     (4 * F, 4 * D),
    "silu_forward":                            (2 * F, 3 * D),
    "silu_backward":                           (4 * F, 4 * D),
    "gelu_forward":                            (1 * F, 1 * D),
    "gelu_backward":                           (3 * F, 3 * D),
    "gelu_tanh_forward":                       (2 * F, 2 * D),
    "gelu_tanh_backward":                      (8 * F, 8 * D),
    "mish_forward":                            (5 * F, 6 * D),
    "mish_backward":                           (6 * F, 6 * D),
    "softmax_forward":                          (6 * F, 6 * D),
    "softmax_backward":                         (2 * F, 2 * D),
    "log_softmax_forward":                     (2 * F, 2 * D),
    "log_softmax_backward":                    (2 * F, 2 * D),
    "sparsemax_forward":                       (2 * F, 2 * D),
    "sparsemax_backward":                      (2 * F, 2 * D),
    "glu_forward":                             (2 * F, 3 * D),
    "glu_backward":                            (3 * F, 3 * D),
    "exp":                                      (1 * F, 2 * D),
    "log":                                      (1 * F, 2 * D),
    "log1p":                                    (1 * F, 2 * D),
    "erf":                                      (1 * F, 2 * D),
    "dense_forward":                            (1 * F, 1 * D),
    "dense_backward_weight":                    (1 * F, 1 * D),
    "dense_backward_bias":                      (1 * F, 1 * D),
    "dense_backward_input":                     (1 * F, 1 * D),
    "dense_bf16_forward":                       (1 * F, None),
    "dense_bf16_backward_weight":               (1 * F, None),
    "dense_bf16_backward_input":                (1 * F, None),
    "mean_squared_error":                       (2 * F, 2 * D),
    "mean_absolute_error":                      (2 * F, 2 * D),
    "binary_crossentropy":                      (3 * F, 3 * D),
    "categorical_crossentropy":                 (3 * F, 3 * D),
    "sparse_categorical_crossentropy":          (3 * F, 3 * D),
    "sigmoid_binary_crossentropy":              (3 * F, 3 * D),
    "softmax_categorical_crossentropy":         (3 * F, 3 * D),
    "softmax_sparse_categorical_crossentropy":  (3 * F, 3 * D),
    "binary_accuracy":                          (2 * D, 2 * D),
    "categorical_accuracy":                     (0, 0),
    "sparse_categorical_accuracy":              (0, 0),
    "mean_accumulate":                          (1 * D, 1 * D),
    "top_k_categorical_accuracy":               (0, 0),
    "sparse_top_k_categorical_accuracy":        (0, 0),
    "cosine":                                   (4 * D, 4 * D),
    "pearson_correlation":                      (8 * D, 8 * D),
    "concordance_correlation":                  (8 * D, 8 * D),
    "threshold_counts":                         (1 * D, 1 * D),
    "f_score_sums":                             (1 * D, 1 * D),
    "r2_sums":                                  (2 * D, 2 * D),
    "l1_l2_value":                              (4 * D, 4 * D),
    "l1_l2_backward":                           (3 * F, 3 * D),
    "add":                                      (1 * F, 1 * D),
    "binary_focal_crossentropy":              (8 * F, 8 * D),
    "categorical_focal_crossentropy":         (8 * F, 8 * D),
    "categorical_generalized_cross_entropy":  (8 * F, 8 * D),
    "categorical_hinge":                      (8 * F, 8 * D),
    "circle":                                 (8 * F, 8 * D),
    "cosine_similarity":                      (8 * F, 8 * D),
    "hinge":                                  (8 * F, 8 * D),
    "huber":                                  (8 * F, 8 * D),
    "kl_divergence":                          (8 * F, 8 * D),
    "log_cosh":                               (8 * F, 8 * D),
    "mean_absolute_percentage_error":         (8 * F, 8 * D),
    "mean_squared_logarithmic_error":         (8 * F, 8 * D),
    "poisson":                                (8 * F, 8 * D),
    "sigmoid_binary_focal_crossentropy":      (8 * F, 8 * D),
    "softmax_categorical_focal_crossentropy": (8 * F, 8 * D),
    "squared_hinge":                          (8 * F, 8 * D),
    "tversky":                                (8 * F, 8 * D),
    "tversky_of_batch":                       (8 * F, 8 * D),
    "label_mask":                             (0, 0),
    "norm_constraint":                          (30 * F, 30 * D),
    "non_negative_constraint":                  (0, 0),
    "permute":                                  (0, 0),
    "dropout_forward":                          (2 * F, 2 * D),
    "gaussian_dropout_forward":                 (8 * F, 8 * D),
    "gaussian_dropout_backward":                (1 * F, 1 * D),
    "gaussian_noise_forward":                   (8 * F, 8 * D),
    "add_scaled_forward":                       (2 * F, 2 * D),
    "add_scaled_backward":                      (1 * F, 1 * D),
    "embedding_forward":                        (0, 0),
    "embedding_backward":                       (1 * F, 1 * D),
    "masking_forward":                          (0, 0),
    "masking_backward":                         (0, 0),
    "codes_mask":                               (0, 0),
    "masked_weights":                           (2 * F, 2 * D),
    "repeat_forward":                           (0, 0),
    "repeat_backward":                          (1 * F, 1 * D),
    "activity_values":                          (4 * D, 4 * D),
    "activity_backward":                        (3 * F, 3 * D),
    "normalization_settings":                   (2 * F, 2 * D),
    "affine_forward":                           (3 * F, 3 * D),
    "affine_backward":                          (1 * F, 1 * D),
    "batch_statistics":                         (8 * F, 8 * D),
    "normalization_scale":                      (4 * F, 4 * D),
    "batch_normalization_backward":             (8 * F, 8 * D),
    "normalization_forward":                    (8 * F, 8 * D),
    "normalization_backward":                   (8 * F, 8 * D),
    "prelu_forward":                            (1 * F, 1 * D),
    "prelu_backward":                           (2 * F, 2 * D),
    "spread":                                   (0, 0),
    "collect":                                  (1 * F, 1 * D),
    "moving_average":                           (2 * F, 2 * D),
    "digitize":                                 (0, 0),
    "encode_forward":                           (1 * F, 1 * D),
    "codes_to_values":                          (1 * F, 0),
    "values_to_codes":                          (0, 0),
    "dropout_backward":                         (2 * F, 2 * D),
    "sgd_update":                               (2 * F, 2 * D),
    "sgd_momentum_update":                      (3 * F, 3 * D),
    "sgd_nesterov_update":                      (4 * F, 4 * D),
    "rmsprop_update":                           (3 * F, 3 * D),
    "adam_update":                              (3 * F, 3 * D),
    "adam_amsgrad_update":                      (3 * F, 3 * D),
}  # fmt: skip


def assert_close(kernel, dtype, actual, expected, scale=None):
    """Raises AssertionError where the kernel's result is further off than allowed.

    NaN agrees with NaN and an infinity with itself. Half the smallest number is
    always allowed for: results may end in the denormal range.
    """
    column = ("float32", "float64").index(np.dtype(dtype).name)
    actual, expected = (np.asarray(a, dtype=np.float64) for a in (actual, expected))
    scale = np.abs(expected) if scale is None else np.asarray(scale)
    allowed = TOLERANCES[kernel][column] * scale + np.finfo(dtype).smallest_subnormal
    same = (actual == expected) | (np.isnan(actual) & np.isnan(expected))
    # A sum of infinite terms has no scale: then only the same value will do.
    near = np.isfinite(expected) & (np.abs(actual - expected) <= allowed)
    wrong = np.argwhere(~(same | near))
    if len(wrong):
        raise AssertionError(_difference(kernel, actual, expected, allowed, wrong))


def _difference(kernel, actual, expected, allowed, wrong):
    lines = [f"{kernel}: {len(wrong)} of {expected.size} elements are off"]
    for index in map(tuple, wrong[:5]):
        lines.append(
            f"  at {index}: expected {expected[index]!r}, received {actual[index]!r}, "
            f"allowed error {np.broadcast_to(allowed, expected.shape)[index]:.3g}"
        )
    return "\n".join(lines)
