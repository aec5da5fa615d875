"""Doors of `optimizers.pxi`, `optimizers_adaptive.pxi`, and Lamb's."""

import numpy as np

from fastnn._core.doors.base import Base, dtype_of, method, require, unpad


class OptimizersDoors(Base):
    def _update(self, name, weight, slots, grad, hyper, step=1, shared=()):
        """Run an update rule on vectors; weight and slots are changed."""
        dtype = dtype_of(weight)
        if weight.ndim != 1:
            raise ValueError(f"weight: expected 1 axis. Received shape: {weight.shape}")
        for array in (*slots, grad):
            if array is not None:
                require("slot or grad", array, weight.shape, dtype)
        changed = [self._padded(array) for array in (weight, *slots)]
        settings = np.array(hyper, np.float64), np.array([step], np.float64), *shared
        self._run(
            name,
            dtype,
            1,
            (*changed, self._padded(grad), *settings),
            (changed[0].size,),
        )
        for array, copy in zip((weight, *slots), changed, strict=False):
            unpad(array, copy)


def _update_door(name, slots, settings, last=""):
    def call(self, given):
        shared = [np.array([given["product"]])] if "product" in given else []
        self._update(
            name, given["weight"], [given[slot] for slot in slots.split()],
            given["grad"], [given[setting] for setting in settings.split()],
            given.get("step", 1), shared,
        )  # fmt: skip

    return method(name, f"weight {slots} grad {settings} {last}", call)


# name: slots, settings, what comes last; step counts from 1, product is that of the
# shares of steps 1 to step
UPDATES = {
    "adadelta_update": (
        "accumulated_grad accumulated_delta_var", "learning_rate rho epsilon",
    ),
    "adagrad_update": ("accumulator", "learning_rate epsilon"),
    "adam_amsgrad_update": (
        "momentum velocity velocity_hat", "learning_rate beta_1 beta_2 epsilon", "step",
    ),
    "adam_update": (
        "momentum velocity", "learning_rate beta_1 beta_2 epsilon", "step",
    ),
    "adamax_update": ("momentum norm", "learning_rate beta_1 beta_2 epsilon", "step"),
    "ftrl_update": (
        "accumulator linear",
        "learning_rate learning_rate_power l1 l2 l2_shrinkage beta",
    ),
    "lamb_update": (
        "momentum velocity", "learning_rate beta_1 beta_2 epsilon", "step",
    ),
    "lion_update": ("momentum", "learning_rate beta_1 beta_2"),
    "nadam_update": (
        "momentum velocity", "learning_rate beta_1 beta_2 epsilon", "product step",
    ),
    "rmsprop_update": (
        "velocity momentum_slot average_gradient",
        "learning_rate rho momentum epsilon",
    ),
    "schedule_free_update": (
        "momentum velocity", "learning_rate beta_1 beta_2 epsilon warmup_steps", "step",
    ),
    "sgd_momentum_update": ("velocity", "learning_rate momentum"),
    "sgd_nesterov_update": ("velocity", "learning_rate momentum"),
    "sgd_update": ("", "learning_rate"),
}  # fmt: skip
for _name, _rule in UPDATES.items():
    setattr(OptimizersDoors, _name, _update_door(_name, *_rule))
