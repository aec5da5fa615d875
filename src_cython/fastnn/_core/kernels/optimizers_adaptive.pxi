"""Update rules, one pass over a stretch of the parameter arena: the relatives of
Adagrad and of Adam. Operands as in optimizers.pxi."""

cdef void adagrad_update(
    real_t* weight,        # INOUT (n,)
    real_t* accumulator,   # INOUT (n,)
    const real_t* grad,    # IN    (n,)
    double learning_rate, double epsilon_, dim_t n,
) noexcept nogil:
    """accumulator += grad^2
    weight -= learning_rate * grad / sqrt(accumulator + epsilon)

    Duchi, Hazan, Singer: Adaptive subgradient methods (2011)."""
    cdef dim_t i
    cdef real_t rate = <real_t> learning_rate, epsilon = <real_t> epsilon_
    for i in range(n):
        accumulator[i] += grad[i] * grad[i]
        weight[i] -= rate * grad[i] / sqrt_(accumulator[i] + epsilon)


cdef void adadelta_update(
    real_t* weight,                 # INOUT (n,)
    real_t* accumulated_grad,       # INOUT (n,)
    real_t* accumulated_delta_var,  # INOUT (n,)
    const real_t* grad,             # IN    (n,)
    double learning_rate, double rho_, double epsilon_, dim_t n,
) noexcept nogil:
    """accumulated_grad := rho * accumulated_grad + (1 - rho) * grad^2
    change := sqrt(accumulated_delta_var + epsilon) / sqrt(accumulated_grad + epsilon)
        * grad
    accumulated_delta_var := rho * accumulated_delta_var + (1 - rho) * change^2
    weight -= learning_rate * change

    Zeiler: ADADELTA: an adaptive learning rate method (2012)."""
    cdef dim_t i
    cdef real_t rate = <real_t> learning_rate, epsilon = <real_t> epsilon_
    cdef real_t rho = <real_t> rho_, rest = <real_t> (1 - rho_), change
    for i in range(n):
        accumulated_grad[i] = rho * accumulated_grad[i] + rest * grad[i] * grad[i]
        change = (sqrt_(accumulated_delta_var[i] + epsilon) * grad[i]
                  / sqrt_(accumulated_grad[i] + epsilon))
        accumulated_delta_var[i] = rho * accumulated_delta_var[i] \
            + rest * change * change
        weight[i] -= rate * change


cdef void adamax_update(
    real_t* weight,        # INOUT (n,)
    real_t* momentum,      # INOUT (n,)
    real_t* norm,          # INOUT (n,)
    const real_t* grad,    # IN    (n,)
    double learning_rate, double beta_1, double beta_2, double epsilon_,
    long long step, dim_t n,
) noexcept nogil:
    """momentum += (1 - beta_1) * (grad - momentum)
    norm := max(beta_2 * norm, |grad|)
    weight -= learning_rate / (1 - beta_1^step) * momentum / (norm + epsilon)

    Kingma, Ba: Adam: A method for stochastic optimization (2014), section 7.1."""
    cdef dim_t i
    cdef real_t rate = <real_t> (learning_rate / (1 - pow(beta_1, step)))
    cdef real_t rest = <real_t> (1 - beta_1), keep = <real_t> beta_2
    cdef real_t epsilon = <real_t> epsilon_, kept, size
    for i in range(n):
        momentum[i] = fma_(rest, grad[i] - momentum[i], momentum[i])
        kept = keep * norm[i]
        size = abs_(grad[i])
        # what is not a number stays so; one choice after the other runs in vectors
        size = kept if kept >= size else size
        norm[i] = kept if kept != kept else size
        weight[i] -= rate * momentum[i] / (norm[i] + epsilon)


cdef inline double nadam_share(double beta_1, long long step) noexcept nogil:
    """the share of the momentum in a step, which rises to beta_1"""
    return beta_1 * (1 - 0.5 * pow(0.96, step))


cdef void nadam_update(
    real_t* weight,        # INOUT (n,)
    real_t* momentum,      # INOUT (n,)
    real_t* velocity,      # INOUT (n,)
    const real_t* grad,    # IN    (n,)
    double learning_rate, double beta_1, double beta_2, double epsilon_,
    double product, long long step, dim_t n,
) noexcept nogil:
    """momentum += (1 - beta_1) * (grad - momentum)
    velocity += (1 - beta_2) * (grad^2 - velocity)
    ahead := u(step + 1) / (1 - product * u(step + 1)) * momentum
        + (1 - u(step)) / (1 - product) * grad
    weight -= learning_rate * ahead / (sqrt(velocity / (1 - beta_2^step)) + epsilon)

    u: nadam_share; product: of u(1) to u(step).
    Dozat: Incorporating Nesterov momentum into Adam (2016)."""
    cdef dim_t i
    cdef double now = nadam_share(beta_1, step), then = nadam_share(beta_1, step + 1)
    cdef real_t of_momentum = <real_t> (learning_rate * then / (1 - product * then))
    cdef real_t of_grad = <real_t> (learning_rate * (1 - now) / (1 - product))
    cdef real_t rest_1 = <real_t> (1 - beta_1), rest_2 = <real_t> (1 - beta_2)
    cdef real_t unbiased = <real_t> (1 / (1 - pow(beta_2, step)))
    cdef real_t epsilon = <real_t> epsilon_
    for i in range(n):
        momentum[i] = fma_(rest_1, grad[i] - momentum[i], momentum[i])
        velocity[i] = fma_(rest_2, grad[i] * grad[i] - velocity[i], velocity[i])
        weight[i] -= ((of_momentum * momentum[i] + of_grad * grad[i])
                      / (sqrt_(velocity[i] * unbiased) + epsilon))


cdef inline real_t positive_power(real_t x, double exponent) noexcept nogil:
    """x^exponent for x, exponent >= 0; float32 by way of float64, which is exact enough
    for any exponent and vectorises"""
    if real_t is float:
        return <float> fn_exp_f64(exponent * fn_log_f64(x))
    else:
        return pow(x, exponent)


cdef inline void ftrl_move(
    real_t* weight, real_t* linear, real_t grad, real_t before, real_t after,
    real_t shrink, real_t l1, real_t inverse, real_t steady,
) noexcept nogil:
    """one weight of ftrl_update, from the powers of its accumulator"""
    cdef real_t total, rest, quadratic = after * inverse + steady
    total = linear[0] + (grad + shrink * weight[0]
                         - (after - before) * inverse * weight[0])
    linear[0] = total
    rest = -l1 if total < -l1 else total
    rest = l1 if rest > l1 else rest
    rest = (rest - total) / quadratic
    weight[0] = rest if quadratic != 0 else 0


cdef void ftrl_update(
    real_t* weight,        # INOUT (n,)
    real_t* accumulator,   # INOUT (n,)
    real_t* linear,        # INOUT (n,)
    const real_t* grad,    # IN    (n,)
    double learning_rate, double learning_rate_power, double l1_, double l2,
    double l2_shrinkage, double beta, dim_t n,
) noexcept nogil:
    """after := accumulator + grad^2; p := -learning_rate_power
    linear += grad + 2 * l2_shrinkage * weight
        - (after^p - accumulator^p) / learning_rate * weight
    weight := (clip(linear, -l1, l1) - linear)
        / (after^p / learning_rate + 2 * l2 + beta / learning_rate)
    accumulator := after

    Nothing moves at a learning rate of 0; a weight that nothing is known of, 0 / 0, is
    0. McMahan et al.: Ad click prediction: a view from the trenches (2013)."""
    cdef dim_t i
    cdef double p = -learning_rate_power
    cdef real_t shrink = <real_t> (2 * l2_shrinkage), l1 = <real_t> l1_
    cdef real_t inverse, steady, before, after
    if learning_rate == 0:
        return
    inverse = <real_t> (1 / learning_rate)
    steady = <real_t> (2 * l2 + beta / learning_rate)
    # a loop for each kind of power: with a choice in it none would run in vectors
    if p == 0.5:
        for i in range(n):
            before = accumulator[i]
            after = before + grad[i] * grad[i]
            accumulator[i] = after
            ftrl_move(weight + i, linear + i, grad[i], sqrt_(before), sqrt_(after),
                      shrink, l1, inverse, steady)
        return
    for i in range(n):
        before = accumulator[i]
        after = before + grad[i] * grad[i]
        accumulator[i] = after
        if p == 0:
            before = after = 1
        else:
            before = positive_power(before, p)
            after = positive_power(after, p)
        ftrl_move(weight + i, linear + i, grad[i], before, after, shrink, l1, inverse,
                  steady)


cdef void lion_update(
    real_t* weight,        # INOUT (n,)
    real_t* momentum,      # INOUT (n,)
    const real_t* grad,    # IN    (n,)
    double learning_rate, double beta_1, double beta_2, dim_t n,
) noexcept nogil:
    """weight -= learning_rate * sign(beta_1 * momentum + (1 - beta_1) * grad)
    momentum := beta_2 * momentum + (1 - beta_2) * grad

    Chen et al.: Symbolic discovery of optimization algorithms (2023)."""
    cdef dim_t i
    cdef real_t rate = <real_t> learning_rate, mixed
    cdef real_t keep_1 = <real_t> beta_1, rest_1 = <real_t> (1 - beta_1)
    cdef real_t keep_2 = <real_t> beta_2, rest_2 = <real_t> (1 - beta_2)
    for i in range(n):
        mixed = keep_1 * momentum[i] + rest_1 * grad[i]
        # 0 and what is not a number have no sign
        mixed = 1 if mixed > 0 else (-1 if mixed < 0 else mixed)
        weight[i] -= rate * mixed
        momentum[i] = keep_2 * momentum[i] + rest_2 * grad[i]


cdef void schedule_free_update(
    real_t* weight,        # INOUT (n,)
    real_t* momentum,      # INOUT (n,)
    real_t* velocity,      # INOUT (n,)
    const real_t* grad,    # IN    (n,)
    double learning_rate, double beta_1, double beta_2, double epsilon_,
    double warmup_steps, long long step, dim_t n,
) noexcept nogil:
    """velocity += (1 - beta_2) * (grad^2 - velocity)
    average := (weight - (1 - beta_1) * momentum) / beta_1
    momentum -= rate * grad / (sqrt(velocity / (1 - beta_2^step)) + epsilon)
    average += (momentum - average) / step
    weight := (1 - beta_1) * momentum + beta_1 * average

    rate: learning_rate * min(step / warmup_steps, 1).
    Defazio et al.: The road less scheduled (2024)."""
    cdef dim_t i
    cdef double warm = step / warmup_steps if step < warmup_steps else 1
    cdef real_t rate = <real_t> (learning_rate * warm), epsilon = <real_t> epsilon_
    cdef real_t keep = <real_t> beta_1, rest_1 = <real_t> (1 - beta_1)
    cdef real_t rest_2 = <real_t> (1 - beta_2)
    cdef real_t unbiased = <real_t> (1 / (1 - pow(beta_2, step)))
    cdef real_t share = <real_t> (1.0 / step), average
    for i in range(n):
        velocity[i] = fma_(rest_2, grad[i] * grad[i] - velocity[i], velocity[i])
        average = (weight[i] - rest_1 * momentum[i]) / keep
        momentum[i] -= rate * grad[i] / (sqrt_(velocity[i] * unbiased) + epsilon)
        average = (1 - share) * average + share * momentum[i]
        weight[i] = rest_1 * momentum[i] + keep * average


# ---- operations -----------------------------------------------------------------

cdef void run_adagrad_update(const Op* op, const Step* step, real_t* _) noexcept nogil:
    cdef const double* hyper = <const double*> op.operand[3]
    cdef dim_t at, n
    stretch(op, step, &at, &n)
    adagrad_update(
        <real_t*> op.operand[0] + at, <real_t*> op.operand[1] + at,
        <const real_t*> op.operand[2] + at, hyper[0], hyper[1], n)


cdef void run_adadelta_update(const Op* op, const Step* step, real_t* _) noexcept nogil:
    cdef const double* hyper = <const double*> op.operand[4]
    cdef dim_t at, n
    stretch(op, step, &at, &n)
    adadelta_update(
        <real_t*> op.operand[0] + at, <real_t*> op.operand[1] + at,
        <real_t*> op.operand[2] + at, <const real_t*> op.operand[3] + at,
        hyper[0], hyper[1], hyper[2], n)


cdef void run_adamax_update(const Op* op, const Step* step, real_t* _) noexcept nogil:
    cdef const double* hyper = <const double*> op.operand[4]
    cdef dim_t at, n
    stretch(op, step, &at, &n)
    adamax_update(
        <real_t*> op.operand[0] + at, <real_t*> op.operand[1] + at,
        <real_t*> op.operand[2] + at, <const real_t*> op.operand[3] + at,
        hyper[0], hyper[1], hyper[2], hyper[3], update_number(op, 5), n)


cdef void run_nadam_product(const Op* op, const Step* step, real_t* _) noexcept nogil:
    """product *= nadam_share(beta_1, number of the update)
    operands: product, hyper, clock"""
    cdef const double* hyper = <const double*> op.operand[1]
    if step.thread == 0:
        (<double*> op.operand[0])[0] *= nadam_share(hyper[1], update_number(op, 2))


cdef void run_nadam_update(const Op* op, const Step* step, real_t* _) noexcept nogil:
    """a further operand: product"""
    cdef const double* hyper = <const double*> op.operand[4]
    cdef dim_t at, n
    stretch(op, step, &at, &n)
    nadam_update(
        <real_t*> op.operand[0] + at, <real_t*> op.operand[1] + at,
        <real_t*> op.operand[2] + at, <const real_t*> op.operand[3] + at,
        hyper[0], hyper[1], hyper[2], hyper[3], (<const double*> op.operand[6])[0],
        update_number(op, 5), n)


cdef void run_ftrl_update(const Op* op, const Step* step, real_t* _) noexcept nogil:
    cdef const double* hyper = <const double*> op.operand[4]
    cdef dim_t at, n
    stretch(op, step, &at, &n)
    ftrl_update(
        <real_t*> op.operand[0] + at, <real_t*> op.operand[1] + at,
        <real_t*> op.operand[2] + at, <const real_t*> op.operand[3] + at,
        hyper[0], hyper[1], hyper[2], hyper[3], hyper[4], hyper[5], n)


cdef void run_lion_update(const Op* op, const Step* step, real_t* _) noexcept nogil:
    cdef const double* hyper = <const double*> op.operand[3]
    cdef dim_t at, n
    stretch(op, step, &at, &n)
    lion_update(
        <real_t*> op.operand[0] + at, <real_t*> op.operand[1] + at,
        <const real_t*> op.operand[2] + at, hyper[0], hyper[1], hyper[2], n)


cdef void run_schedule_free_update(
    const Op* op, const Step* step, real_t* _
) noexcept nogil:
    cdef const double* hyper = <const double*> op.operand[4]
    cdef dim_t at, n
    stretch(op, step, &at, &n)
    schedule_free_update(
        <real_t*> op.operand[0] + at, <real_t*> op.operand[1] + at,
        <real_t*> op.operand[2] + at, <const real_t*> op.operand[3] + at,
        hyper[0], hyper[1], hyper[2], hyper[3], hyper[4], update_number(op, 5), n)


_add_operation("adagrad_update", <run_t> run_adagrad_update[float],
               <run_t> run_adagrad_update[double])
_add_operation("adadelta_update", <run_t> run_adadelta_update[float],
               <run_t> run_adadelta_update[double])
_add_operation("adamax_update", <run_t> run_adamax_update[float],
               <run_t> run_adamax_update[double])
_add_operation("nadam_product", <run_t> run_nadam_product[float],
               <run_t> run_nadam_product[double])
_add_operation("nadam_update", <run_t> run_nadam_update[float],
               <run_t> run_nadam_update[double])
_add_operation("ftrl_update", <run_t> run_ftrl_update[float],
               <run_t> run_ftrl_update[double])
_add_operation("lion_update", <run_t> run_lion_update[float],
               <run_t> run_lion_update[double])
_add_operation("schedule_free_update", <run_t> run_schedule_free_update[float],
               <run_t> run_schedule_free_update[double])
