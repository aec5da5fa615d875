"""The network of the demo and its training."""

import numpy as np

from fastnn import Sequential
from fastnn.callbacks import EarlyStopping, History
from fastnn.datasets import predictive_maintenance
from fastnn.demo.preparation import Standardizer, machine_features
from fastnn.layers import Dense, Input
from fastnn.optimizers import Adam
from fastnn.regularizers import L2
from fastnn.utils import set_random_seed

__all__ = ["FailureDetector"]

_VALIDATION_PART = 0.15
_PATIENCE = 40
# One part in thirty fails. The full 30 would make the network cry wolf; at 2 its
# answers stay close to probabilities, and a missed failure costs twice a false alarm.
_CLASS_WEIGHT = {0: 1.0, 1: 2.0}


class FailureDetector:
    """Estimates the risk that a part fails on the machine.

    Args:
        seed: Seeds the weights, the order of the rows and the choice of validation
            rows; the same seed gives the same detector.
    """

    def __init__(self, seed: int = 0):
        self.seed = seed
        self.model: Sequential | None = None

    def fit(self, x, y, epochs: int = 300, callbacks=(), verbose=0) -> History:
        """Trains until the loss on rows set aside stops falling.

        Args:
            x: Columns of `predictive_maintenance.FEATURES`, (rows, 6).
            y: Columns of `predictive_maintenance.TARGETS`, (rows, 6).
            epochs: The most epochs.
            callbacks: Callbacks beside the early stopping.
            verbose: As in `Sequential.fit`.

        Returns:
            The history of the training.
        """
        train, validation = predictive_maintenance.split(
            x, y, test_split=_VALIDATION_PART, seed=self.seed
        )
        self._scale = Standardizer(machine_features(train[0]))
        set_random_seed(self.seed)
        model = self.model = _network()
        features, failed = self._prepare(*train)
        return model.fit(
            features,
            failed,
            validation_data=self._prepare(*validation),
            epochs=epochs,
            batch_size=64,
            class_weight=_CLASS_WEIGHT,
            callbacks=[
                EarlyStopping(patience=_PATIENCE, restore_best_weights=True),
                *callbacks,
            ],
            verbose=verbose,
        )

    def risk(self, x) -> np.ndarray:
        """Returns the estimated risk of failure of each part, (rows,), from 0 to 1.

        Raises:
            RuntimeError: Before `fit`.
        """
        if self.model is None:
            raise RuntimeError(
                "Expected `fit` before `risk`. Received: no training yet"
            )
        features = self._scale(machine_features(x))
        return self.model.predict(features, batch_size=1024, verbose=0)[:, 0]

    def _prepare(self, x, y):
        return self._scale(machine_features(x)), y[:, 0].astype(np.float32)


def _network() -> Sequential:
    model = Sequential(
        [
            Input(shape=(9,)),
            Dense(64, activation="relu", kernel_regularizer=L2(3e-4)),
            Dense(32, activation="relu", kernel_regularizer=L2(3e-4)),
            Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(optimizer=Adam(learning_rate=0.003), loss="binary_crossentropy")
    return model
