"""A model as callbacks see it, and the calls of a training without the training."""

from fastnn.callbacks import CallbackList


class StandInModel:
    """Its weights are the number of the epoch."""

    def __init__(self):
        self.stop_training = False
        self.metrics = []
        self.weights = [0]
        self.saved = []

    def get_weights(self):
        return list(self.weights)

    def set_weights(self, weights):
        self.weights = list(weights)

    def save_weights(self, path):
        self.saved.append((path, self.weights[0]))


def train(callbacks, logs_of_epochs, model=None, steps=1, verbose=0):
    """Calls the hooks of `fit` with the given logs, one dict per epoch.

    Returns:
        The model and the number of epochs that were run.
    """
    model = model or StandInModel()
    hooks = CallbackList(
        callbacks, model=model, verbose=verbose, epochs=len(logs_of_epochs), steps=steps
    )
    model.stop_training = False
    hooks.on_train_begin()
    epoch, logs = -1, {}
    for epoch, logs in enumerate(logs_of_epochs):
        hooks.on_epoch_begin(epoch)
        for batch in range(steps):
            hooks.on_train_batch_begin(batch)
            hooks.on_train_batch_end(batch, logs)
        model.weights = [epoch]
        hooks.on_epoch_end(epoch, logs)
        if model.stop_training:
            break
    hooks.on_train_end(logs)
    return model, epoch + 1


def losses(*values, name="val_loss"):
    return [{name: value} for value in values]
