"""Learning rates that depend on the number of the step, in float64."""

cdef extern from "<math.h>" nogil:
    double cos(double x)
    double floor(double x)
    double natural_log "log"(double x)
    double M_PI


cdef double exponential_decay(double step, const double* s, dim_t _) noexcept nogil:
    """initial * rate^(step / steps); s: initial, steps, rate, staircase"""
    cdef double times = step / s[1]
    return s[0] * pow(s[2], floor(times) if s[3] else times)


cdef double inverse_time_decay(double step, const double* s, dim_t _) noexcept nogil:
    """initial / (1 + rate * step / steps); s: initial, steps, rate, staircase"""
    cdef double times = step / s[1]
    return s[0] / (1 + s[2] * (floor(times) if s[3] else times))


cdef double polynomial_decay(double step, const double* s, dim_t _) noexcept nogil:
    """(initial - end) * (1 - step / steps)^power + end
    s: initial, steps, end, power, whether steps grows by multiples of itself"""
    cdef double steps = s[1]
    if s[4]:
        steps *= ceil(step / steps) if step else 1
    elif step > steps:
        step = steps
    return (s[0] - s[2]) * pow(1 - step / steps, s[3]) + s[2]


cdef double cosine_decay(double step, const double* s, dim_t _) noexcept nogil:
    """peak * ((1 - alpha) * (1 + cos(pi * step / steps)) / 2 + alpha), after a straight
    line from initial to the peak; s: initial, steps, alpha, peak, steps to the peak"""
    if step < s[4]:
        return (s[3] - s[0]) * (step / s[4]) + s[0]
    step = min(step - s[4], s[1])
    return s[3] * ((1 - s[2]) * 0.5 * (1 + cos(M_PI * (step / s[1]))) + s[2])


cdef double cosine_decay_restarts(
    double step, const double* s, dim_t _
) noexcept nogil:
    """initial * ((1 - alpha) * m_mul^i * (1 + cos(pi * share)) / 2 + alpha), share
    being what is over of the i-th period; s: initial, steps, t_mul, m_mul, alpha

    Loshchilov, Hutter: SGDR: stochastic gradient descent with warm restarts (2017)."""
    cdef double share = step / s[1], period = 0, before = 0, length = 1
    if s[2] == 1:
        period = floor(share)
        share -= period
    else:
        period = floor(
            natural_log(1 - share * (1 - s[2])) / natural_log(s[2]))
        length = pow(s[2], period)
        before = (1 - length) / (1 - s[2])
        if share >= before + length:
            # the logarithm was rounded down where a period begins
            before += length
            length *= s[2]
            period += 1
        share = (share - before) / length
    return s[0] * (
        (1 - s[4]) * 0.5 * pow(s[3], period) * (1 + cos(M_PI * share)) + s[4])


cdef double piecewise_constant_decay(
    double step, const double* s, dim_t n
) noexcept nogil:
    """the first value whose boundary step does not exceed, or the last
    s: k boundaries, k + 1 values"""
    cdef dim_t k = n // 2, i
    for i in range(k):
        if step <= s[i]:
            return s[k + i]
    return s[n - 1]


ctypedef double (*schedule_t)(double, const double*, dim_t) noexcept nogil

cdef schedule_t[6] _SCHEDULES = [
    exponential_decay, inverse_time_decay, polynomial_decay, cosine_decay,
    cosine_decay_restarts, piecewise_constant_decay,
]
SCHEDULES = (
    "exponential_decay", "inverse_time_decay", "polynomial_decay", "cosine_decay",
    "cosine_decay_restarts", "piecewise_constant_decay",
)


cdef void run_schedule(const Op* op, const Step* step, real_t* _) noexcept nogil:
    """operands: rate, counter, settings; sizes: position in SCHEDULES, settings"""
    if step.thread == 0:
        (<double*> op.operand[0])[0] = _SCHEDULES[op.size[0]](
            <double> (<const long long*> op.operand[1])[0],
            <const double*> op.operand[2], op.size[1])


_add_operation("schedule", <run_t> run_schedule[float], <run_t> run_schedule[double])


def schedule_value(name, double step, settings):
    """The learning rate at one step."""
    cdef cnp.ndarray numbers = np.array(settings, np.float64)
    return _SCHEDULES[SCHEDULES.index(name)](
        step, <const double*> cnp.PyArray_DATA(numbers), len(settings))
