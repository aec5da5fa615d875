"""Doors of `schedules.pxi`."""

from fastnn._core.doors.base import Base, dtype_of, require


class SchedulesDoors(Base):
    def _schedule(self, name, rate, step, settings):
        """Run a schedule for each of several steps."""
        dtype = dtype_of(rate)
        if rate.ndim != 1:
            raise ValueError(f"rate: expected 1 axis. Received shape: {rate.shape}")
        require("step", step, rate.shape, dtype)
        if not rate.flags.writeable:
            raise ValueError("rate: expected an array that can be written")
        rate[...] = [self.schedule_value(name, s, settings) for s in step]

    def exponential_decay(self, rate, step, initial, steps, decay_rate, staircase):
        """rate := initial * decay_rate^(step / steps)"""
        self._schedule(
            "exponential_decay", rate, step, [initial, steps, decay_rate, staircase]
        )

    def inverse_time_decay(self, rate, step, initial, steps, decay_rate, staircase):
        """rate := initial / (1 + decay_rate * step / steps)"""
        self._schedule(
            "inverse_time_decay", rate, step, [initial, steps, decay_rate, staircase]
        )

    def polynomial_decay(self, rate, step, initial, steps, end, power, cycle):
        """rate := (initial - end) * (1 - step / steps)^power + end"""
        self._schedule(
            "polynomial_decay", rate, step, [initial, steps, end, power, cycle]
        )

    def cosine_decay(self, rate, step, initial, steps, alpha, peak, warmup_steps):
        """half a cosine from peak, after a straight line from initial"""
        self._schedule(
            "cosine_decay", rate, step, [initial, steps, alpha, peak, warmup_steps]
        )

    def cosine_decay_restarts(self, rate, step, initial, steps, t_mul, m_mul, alpha):
        """half a cosine, over and over"""
        self._schedule(
            "cosine_decay_restarts", rate, step, [initial, steps, t_mul, m_mul, alpha]
        )

    def piecewise_constant_decay(self, rate, step, boundaries, values):
        """rate := the value of the first boundary that step does not exceed"""
        if len(values) != len(boundaries) + 1:
            raise ValueError("values: expected one more than boundaries")
        self._schedule("piecewise_constant_decay", rate, step, [*boundaries, *values])
