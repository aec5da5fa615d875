"""scikit-learn's MLPClassifier and MLPRegressor, Adam, warm start.

Its `fit` counts no accuracy while training, so it does slightly less than the others.
"""

from __future__ import annotations

import warnings

import sklearn
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier, MLPRegressor

from benchmarks import cases

warnings.filterwarnings("ignore", category=ConvergenceWarning)


class Peer:
    """Training by `fit`, prediction by `predict` or `predict_proba`."""

    def __init__(self, threads):
        self.threads = threads  # the environment has told the BLAS already

    def version(self):
        return sklearn.__version__

    def train_case(self, case, data):
        target = data.labels if case.classify else data.y.ravel()
        model = build(case, data.x, target)
        loss_scale = 1.0 if case.classify else 2.0  # its squared error is halved

        def run(epochs):
            model.set_params(max_iter=epochs)
            return model.fit(data.x, target).loss_curve_[-1] * loss_scale

        return run

    def predict_case(self, case):
        data = cases.make_data(case)
        if not case.classify:
            return build(case, data.x, data.y.ravel()).predict
        return build(case, data.x, data.labels).predict_proba


def build(case, x, target):
    """Fitted once, to have its shapes, then given the first weights."""
    kind = MLPClassifier if case.classify else MLPRegressor
    model = kind(
        hidden_layer_sizes=case.widths[1:-1],
        alpha=0.0,
        batch_size=min(case.batch_size or 200, case.rows),
        learning_rate_init=cases.LEARNING_RATE,
        beta_1=cases.BETA_1,
        beta_2=cases.BETA_2,
        epsilon=cases.EPSILON,
        max_iter=1,
        n_iter_no_change=1_000_000,
        random_state=cases.SEED,
        warm_start=True,
    )
    model.fit(x, target)
    weights = cases.first_weights(case)
    for i in range(len(model.coefs_)):
        model.coefs_[i][...] = weights[2 * i]
        model.intercepts_[i][...] = weights[2 * i + 1]
    return model
