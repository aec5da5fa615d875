"""The base of all optimizers: settings and what the engine asks for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from fastnn.caller import warn
from fastnn.naming import auto_name, name_scope
from fastnn.optimizers.applying import Applying
from fastnn.optimizers.hyperparameter import Hyperparameter, checked_number
from fastnn.optimizers.own_rule import OwnRule
from fastnn.optimizers.schedules import LearningRateSchedule
from fastnn.optimizers.schedules import deserialize as _schedule_from
from fastnn.saving.config import Configurable, constructor_parameters
from fastnn.variable import Variable

__all__ = ["Optimizer", "checked_scale"]


class Optimizer(OwnRule, Applying, Configurable):
    """Changes variables against their gradients.

    In each step, in this order: gradients are divided by `loss_scale_factor`, added up
    over `gradient_accumulation_steps`, clipped; weights decay,

        w := w - w * weight_decay * learning_rate,

    and follow the optimizer's own rule; their averages are updated; constraints apply.

    Args:
        learning_rate: Size of the steps, at least 0; or a schedule (see
            `fastnn.optimizers.schedules`); or a function without arguments that returns
            it. A number may be set at any time, also during training.
        weight_decay: Share of each weight, times the learning rate, that every update
            takes away; None for none.
        clipnorm: The largest norm of each variable's gradient; longer ones are made as
            long.
        clipvalue: The largest absolute value in a gradient.
        global_clipnorm: The largest norm of all gradients as one vector.
        use_ema: Whether to keep moving averages of the weights. At the end of `fit`
            they become the weights.
        ema_momentum: How much of the averages each step keeps, from 0 to 1.
        ema_overwrite_frequency: Updates after which the averages become the weights
            each time; None for the end of training only.
        loss_scale_factor: What the loss is multiplied with before its gradients are
            taken, and they are divided by; None for 1.
        gradient_accumulation_steps: Steps, at least 2, whose gradients are averaged
            for one update; None for an update in each step. Schedules count steps, the
            optimizer's rule counts updates.
        name: Name of the optimizer; by default the class's name.
        **deprecated: `lr`, the old name of `learning_rate`.

    Attributes:
        hyper: [learning_rate, *hyperparameters], float64; read at every step.
        hyperparameters: Names of the settings after the learning rate.
        uses_step: Whether the kernel takes the number of the update, counted from 1.

    Raises:
        ValueError: If an argument is unknown or has a wrong value.

    Example:
        >>> w = fastnn.Variable([1.0, 2.0])
        >>> optimizer = fastnn.optimizers.SGD(0.5)
        >>> optimizer.apply_gradients([([1.0, -1.0], w)])
        >>> w.numpy()
        array([0.5, 2.5], dtype=float32)
    """

    hyperparameters: ClassVar[tuple[str, ...]] = ()
    uses_step: ClassVar[bool] = False
    _attributes_of_arguments: ClassVar[dict[str, str]] = {
        "learning_rate": "_learning_rate"
    }

    def __init_subclass__(cls, **kwargs: Any):
        super().__init_subclass__(**kwargs)
        own = [n for n, v in vars(cls).items() if isinstance(v, Hyperparameter)]
        cls.hyperparameters = (*cls.hyperparameters, *own)

    def __init__(
        self,
        learning_rate: Any,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: int | None = None,
        loss_scale_factor: float | None = None,
        gradient_accumulation_steps: int | None = None,
        name: str | None = None,
        **deprecated: Any,
    ):
        super().__init__()
        if "lr" in deprecated:
            learning_rate = self._from_lr(learning_rate, deprecated.pop("lr"))
        if deprecated:
            raise ValueError(
                f"Expected the arguments of {type(self).__name__} to be among "
                f"{list(constructor_parameters(type(self)))}. "
                f"Received: {sorted(deprecated)}"
            )
        self.name = name or auto_name(type(self).__name__)
        self.weight_decay = _optional("weight_decay", weight_decay)
        self.clipnorm = _optional("clipnorm", clipnorm)
        self.clipvalue = _optional("clipvalue", clipvalue)
        self.global_clipnorm = _optional("global_clipnorm", global_clipnorm)
        _check_one_clip(clipnorm, clipvalue, global_clipnorm)
        self.use_ema = bool(use_ema)
        self.ema_momentum = checked_number("ema_momentum", ema_momentum, 0, 1)
        self.ema_overwrite_frequency = _count(
            "ema_overwrite_frequency", ema_overwrite_frequency, 1
        )
        self.loss_scale_factor = loss_scale_factor
        self.gradient_accumulation_steps = _count(
            "gradient_accumulation_steps", gradient_accumulation_steps, 2
        )
        self._functions_set = 0  # schedules and functions that gave the learning rate
        self._kept_from_decay: list[Variable] = []
        self._names_kept_from_decay: list[str] = []
        self.hyper = np.zeros(1 + len(self.hyperparameters), np.float64)
        with name_scope(self.name):
            self._iterations = Variable(0, dtype="int64", trainable=False,
                                        name="iteration")  # fmt: skip
        self._variables.append(self._iterations)
        self._learning_rate = self._as_rate(learning_rate)

    # ---- the rule; to be overridden

    kernel: Any = None
    """Name of the kernel that makes an update, with the settings as they are; None if
    the rule is `update_step`, in Python."""

    before_update: ClassVar[str | None] = None
    """Name of an operation on what all weights share, once before each update."""

    # ---- the learning rate

    @property
    def learning_rate(self) -> Any:
        """The learning rate of the next step: a `Variable`, or the value of the
        schedule or function that gives it.

        Raises:
            TypeError: When a number is set in place of a schedule or function.
            ValueError: When something else is set.
        """
        rate = self._learning_rate
        if isinstance(rate, LearningRateSchedule):
            return rate(self._iterations.value[()])
        return rate if isinstance(rate, Variable) else rate()

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        now = self._learning_rate
        if not callable(value) and not isinstance(now, Variable):
            raise TypeError(
                "Expected the learning rate of an optimizer that was made with a "
                f"schedule or function to stay one. Received: learning_rate={value!r}"
            )
        self._learning_rate = self._as_rate(value)

    def _as_rate(self, value: Any) -> Any:
        """A number becomes the value of a variable that lies in `hyper`."""
        now = getattr(self, "_learning_rate", None)
        if isinstance(value, Variable):
            value = float(value)
        if not callable(value):
            number = checked_number("learning_rate", value)
            if not isinstance(now, Variable):
                with name_scope(self.name):
                    now = Variable(number, dtype="float64", trainable=False,
                                   name="learning_rate")  # fmt: skip
                now.move_to(self.hyper[:1].reshape(()))
                self._variables.insert(1, now)
            self.hyper[0] = number
            return now
        self._variables = [v for v in self._variables if v is not now]
        self._functions_set += 1
        return value

    def current_rate(self) -> float:
        """The learning rate of the next step as a number, checked."""
        rate = np.asarray(self.learning_rate)
        number = rate.size == 1 and rate.dtype.kind in "fiu"
        return checked_number("learning_rate", float(rate.item()) if number else rate)

    def _from_lr(self, learning_rate: Any, lr: float) -> float:
        default = constructor_parameters(type(self))["learning_rate"].default
        if learning_rate != default:
            raise ValueError(
                "Expected `learning_rate` alone; `lr` is its old name. "
                f"Received: {learning_rate=}, {lr=}"
            )
        warn(
            "The argument `lr` is deprecated; use `learning_rate`.", DeprecationWarning
        )
        return lr

    # ---- counting

    @property
    def iterations(self) -> Any:
        """The number of steps taken; with `gradient_accumulation_steps`, of updates."""
        if self.gradient_accumulation_steps:
            return self._iterations.value // self.gradient_accumulation_steps
        return self._iterations

    @property
    def steps_taken(self) -> int:
        """The number of steps taken, of which not every one is an update."""
        return int(self._iterations)

    def counters(self, all_steps: bool = False) -> list[tuple[np.ndarray, bool]]:
        """(counter, whether steps that are left out do not count) of the numbers that a
        step adds one to beside its rule; `all_steps` if there is no rule to come."""
        return [(self._iterations.value, True)] if all_steps else []

    # ---- around the rule

    @property
    def loss_scale_factor(self) -> float | None:
        """What the loss is multiplied with before its gradients are taken."""
        return self._loss_scale_factor

    @loss_scale_factor.setter
    def loss_scale_factor(self, value: float | None) -> None:
        self._loss_scale_factor = checked_scale(value)

    @property
    def loss_scale(self) -> np.ndarray | None:
        """The memory of the number that the loss is multiplied with."""
        factor = self.loss_scale_factor
        return None if factor is None else np.array([factor])

    growth_steps: int = 0
    """Steps with finite gradients after which the loss scale is doubled; 0: never."""

    @property
    def growth_counter(self) -> np.ndarray:
        """The number of such steps since the loss scale changed."""
        raise NotImplementedError("this optimizer does not change its loss scale")

    def scale_loss(self, loss: Any) -> Any:
        """Returns the loss that gradients are to be taken of."""
        factor = self.loss_scale_factor
        return loss if factor is None else loss * factor

    def exclude_from_weight_decay(
        self,
        var_list: Iterable[Variable] | None = None,
        var_names: Iterable[str] | None = None,
    ) -> None:
        """Keeps variables from weight decay; called again, it takes back what it was
        told before.

        Args:
            var_list: The variables.
            var_names: Regular expressions; a variable is kept from it if one is found
                in its name.

        Raises:
            ValueError: If the optimizer is built.
        """
        if self.built:
            raise ValueError(
                "Expected `exclude_from_weight_decay` to be called before the "
                f"optimizer is built. Received: {self!r}, which is"
            )
        self._kept_from_decay = list(var_list or ())
        self._names_kept_from_decay = list(var_names or ())

    def is_kept_from_decay(self, variable: Variable) -> bool:
        """Whether `exclude_from_weight_decay` named a variable."""
        listed = any(variable is other for other in self._kept_from_decay)
        names = self._names_kept_from_decay
        return listed or any(re.search(name, variable.name) for name in names)

    def decay_of(self, variable: Variable) -> float | None:
        """The weight decay of a variable; None for none."""
        return None if self.is_kept_from_decay(variable) else self.weight_decay

    def members(
        self, variables: Sequence[Variable]
    ) -> list[tuple[Optimizer, list[Variable]]]:
        """The optimizers with a rule, and which of the variables each changes."""
        return [(self, list(variables))]

    def finalize_variable_values(self, var_list: Sequence[Variable]) -> None:
        """Makes the averages the weights, if there are averages.

        Args:
            var_list: The variables that it was built with.

        Raises:
            ValueError: If it was not built with one of them.
        """
        if not self.use_ema or not self.built:
            return
        for variable in var_list:
            variable.assign(self.slot("average", variable))

    @property
    def plan_key(self):
        common = (
            self.weight_decay, self.clipnorm, self.clipvalue, self.global_clipnorm,
            self.use_ema, self.ema_momentum, self.ema_overwrite_frequency,
            self.loss_scale_factor, self.gradient_accumulation_steps,
        )  # fmt: skip
        # a count, not the function's id: a later one may lie where an earlier one lay
        return (id(self), self.kernel, self.slots, self._functions_set, common)

    # ---- configuration

    @classmethod
    def from_config(
        cls,
        config: Mapping[str, Any],
        custom_objects: Mapping[str, Callable[..., Any]] | None = None,
    ):
        """Returns a new optimizer with the arguments that `get_config` gave."""
        arguments = dict(config)
        if isinstance(arguments.get("learning_rate"), Mapping):
            rate = arguments["learning_rate"]
            arguments["learning_rate"] = _schedule_from(rate, custom_objects)
        return cls(**arguments)

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        if isinstance(self._learning_rate, Variable):
            self._learning_rate.move_to(self.hyper[:1].reshape(()))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}>"


def checked_scale(value: Any) -> float | None:
    """Returns a factor of the loss, or raises ValueError."""
    if value is None:
        return None
    return checked_number("loss_scale_factor", value, above=True)


def _optional(name: str, value: Any) -> float | None:
    return None if value is None else checked_number(name, value)


def _count(name: str, value: Any, least: int) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise ValueError(
            f"Expected `{name}` to be an integer of at least {least}, or None. "
            f"Received: {name}={value!r}"
        )
    return value


def _check_one_clip(clipnorm: Any, clipvalue: Any, global_clipnorm: Any) -> None:
    given = [v for v in (clipnorm, clipvalue, global_clipnorm) if v is not None]
    if len(given) > 1:
        raise ValueError(
            "Expected at most one of `clipnorm`, `clipvalue` and `global_clipnorm`. "
            f"Received: {clipnorm=}, {clipvalue=}, {global_clipnorm=}"
        )
