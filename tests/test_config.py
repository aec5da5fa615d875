"""fastnn.config."""

import os
import subprocess
import sys

import numpy as np
import pytest

import fastnn
from fastnn import config

X = np.zeros((20, 2), "float32")
Y = np.zeros((20, 1), "float32")


@pytest.fixture
def limits():
    yield
    config.set_max_epochs(None)
    config.set_max_steps_per_epoch(None)


def model():
    net = fastnn.Sequential([fastnn.layers.Dense(1, input_dim=2)])
    net.compile("sgd", "mse")
    return net


@pytest.mark.usefixtures("limits")
def test_every_training_can_be_made_short():
    config.set_max_epochs(2)
    config.set_max_steps_per_epoch(3)
    assert (config.max_epochs(), config.max_steps_per_epoch()) == (2, 3)
    net = model()
    with pytest.warns(UserWarning, match="limits"):
        history = net.fit(X, Y, batch_size=2, epochs=5, verbose=0)
    assert history.epoch == [0, 1]
    assert int(net.optimizer.iterations) == 6
    with pytest.warns(UserWarning, match="limits"):
        assert len(net.predict(X, batch_size=2)) == 6
    seen = []
    count = fastnn.callbacks.LambdaCallback(
        on_test_batch_end=lambda batch, logs: seen.append(batch)
    )
    with pytest.warns(UserWarning, match="limits"):
        net.evaluate(X, Y, batch_size=2, verbose=0, callbacks=[count])
    assert seen == [0, 1, 2]


@pytest.mark.usefixtures("limits")
def test_what_is_shorter_stays_as_it_is():
    config.set_max_epochs(2)
    config.set_max_steps_per_epoch(30)
    history = model().fit(X, Y, batch_size=2, verbose=0, steps_per_epoch=10)
    assert history.epoch == [0]


@pytest.mark.parametrize("wrong", [0, -1, 1.5, "3", True])
def test_a_limit_is_a_positive_integer(wrong):
    for limit in (config.set_max_epochs, config.set_max_steps_per_epoch):
        with pytest.raises(ValueError, match="Received"):
            limit(wrong)


def test_limits_from_the_environment():
    program = (
        "from fastnn import config; print(config.max_epochs(), "
        "config.max_steps_per_epoch())"
    )
    environment = {**os.environ, "FASTNN_MAX_EPOCHS": "4"}
    out = subprocess.check_output([sys.executable, "-c", program], env=environment)
    assert out.split() == [b"4", b"None"]
