"""Update rules, one pass over a stretch of the parameter arena: gradient descent,
RMSprop, Adam; and what all update rules use.

operands of an update: weight, its slots, grad, hyper, clock; size: elements.
hyper is [learning rate, then the rule's own settings] in float64, read at each step so
that a change between steps is honoured. clock[0] is the number of the update, from 1.
"""

cdef void sgd_update(
    real_t* weight,        # INOUT (n,)
    const real_t* grad,    # IN    (n,)
    double learning_rate, dim_t n,
) noexcept nogil:
    """weight -= learning_rate * grad"""
    cdef dim_t i
    cdef real_t rate = <real_t> learning_rate
    for i in range(n):
        weight[i] -= rate * grad[i]


cdef void sgd_momentum_update(
    real_t* weight,        # INOUT (n,)
    real_t* velocity,      # INOUT (n,)
    const real_t* grad,    # IN    (n,)
    double learning_rate, double momentum, dim_t n,
) noexcept nogil:
    """velocity := momentum * velocity - learning_rate * grad; weight += velocity"""
    cdef dim_t i
    cdef real_t rate = <real_t> learning_rate, keep = <real_t> momentum
    for i in range(n):
        velocity[i] = keep * velocity[i] - rate * grad[i]
        weight[i] += velocity[i]


cdef void sgd_nesterov_update(
    real_t* weight,        # INOUT (n,)
    real_t* velocity,      # INOUT (n,)
    const real_t* grad,    # IN    (n,)
    double learning_rate, double momentum, dim_t n,
) noexcept nogil:
    """velocity := momentum * velocity - learning_rate * grad
    weight += momentum * velocity - learning_rate * grad"""
    cdef dim_t i
    cdef real_t rate = <real_t> learning_rate, keep = <real_t> momentum
    for i in range(n):
        velocity[i] = keep * velocity[i] - rate * grad[i]
        weight[i] += keep * velocity[i] - rate * grad[i]


cdef void rmsprop_update(
    real_t* weight,             # INOUT (n,)
    real_t* velocity,           # INOUT (n,)
    real_t* momentum_slot,      # INOUT (n,) or NULL: no momentum
    real_t* average_gradient,   # INOUT (n,) or NULL: not centered
    const real_t* grad,         # IN    (n,)
    double learning_rate, double rho_, double momentum_, double epsilon_, dim_t n,
) noexcept nogil:
    """velocity := rho * velocity + (1 - rho) * grad^2
    step := learning_rate * grad / sqrt(velocity - average_gradient^2 + epsilon)

    Tieleman, Hinton: Lecture 6.5 of Neural networks for machine learning (2012)."""
    cdef dim_t i
    cdef real_t rate = <real_t> learning_rate, rho = <real_t> rho_
    cdef real_t rest = <real_t> (1 - rho_), momentum = <real_t> momentum_
    cdef real_t epsilon = <real_t> epsilon_, spread, change
    for i in range(n):
        velocity[i] = rho * velocity[i] + rest * grad[i] * grad[i]
        spread = velocity[i]
        if average_gradient != NULL:
            average_gradient[i] = rho * average_gradient[i] + rest * grad[i]
            spread -= average_gradient[i] * average_gradient[i]
            # a variance: below zero by rounding only
            spread = 0 if spread < 0 else spread
        change = rate * grad[i] / sqrt_(spread + epsilon)
        if momentum_slot != NULL:
            momentum_slot[i] = momentum * momentum_slot[i] + change
            change = momentum_slot[i]
        weight[i] -= change


cdef inline double adam_rate(
    double learning_rate, double beta_1, double beta_2, long long step
) noexcept nogil:
    """learning rate with the bias of both moments taken out"""
    return learning_rate * sqrt(1 - pow(beta_2, step)) / (1 - pow(beta_1, step))


cdef void adam_update(
    real_t* weight,        # INOUT (n,)
    real_t* momentum,      # INOUT (n,)
    real_t* velocity,      # INOUT (n,)
    const real_t* grad,    # IN    (n,)
    double learning_rate, double beta_1, double beta_2, double epsilon_,
    long long step, dim_t n,
) noexcept nogil:
    """momentum += (1 - beta_1) * (grad - momentum)
    velocity += (1 - beta_2) * (grad^2 - velocity)
    weight -= rate * momentum / (sqrt(velocity) + epsilon)

    Kingma, Ba: Adam: A method for stochastic optimization (2014)."""
    cdef dim_t i
    cdef real_t rate = <real_t> adam_rate(learning_rate, beta_1, beta_2, step)
    cdef real_t rest_1 = <real_t> (1 - beta_1), rest_2 = <real_t> (1 - beta_2)
    cdef real_t epsilon = <real_t> epsilon_
    for i in range(n):
        momentum[i] = fma_(rest_1, grad[i] - momentum[i], momentum[i])
        velocity[i] = fma_(rest_2, grad[i] * grad[i] - velocity[i], velocity[i])
        weight[i] -= rate * momentum[i] / (sqrt_(velocity[i]) + epsilon)


cdef void adam_amsgrad_update(
    real_t* weight,        # INOUT (n,)
    real_t* momentum,      # INOUT (n,)
    real_t* velocity,      # INOUT (n,)
    real_t* velocity_hat,  # INOUT (n,)
    const real_t* grad,    # IN    (n,)
    double learning_rate, double beta_1, double beta_2, double epsilon_,
    long long step, dim_t n,
) noexcept nogil:
    """adam_update with velocity_hat := max(velocity_hat, velocity) below the root

    Reddi, Kale, Kumar: On the convergence of Adam and beyond (2018)."""
    cdef dim_t i
    cdef real_t rate = <real_t> adam_rate(learning_rate, beta_1, beta_2, step)
    cdef real_t rest_1 = <real_t> (1 - beta_1), rest_2 = <real_t> (1 - beta_2)
    cdef real_t epsilon = <real_t> epsilon_
    for i in range(n):
        momentum[i] = fma_(rest_1, grad[i] - momentum[i], momentum[i])
        velocity[i] = fma_(rest_2, grad[i] * grad[i] - velocity[i], velocity[i])
        if not velocity[i] <= velocity_hat[i]:
            velocity_hat[i] = velocity[i]
        weight[i] -= rate * momentum[i] / (sqrt_(velocity_hat[i]) + epsilon)


# ---- operations -----------------------------------------------------------------

cdef inline long long update_number(const Op* op, int clock) noexcept nogil:
    """the number of the update, from 1; clock: number of the operand"""
    return <long long> (<const double*> op.operand[clock])[0]


cdef void run_sgd_update(const Op* op, const Step* step, real_t* _) noexcept nogil:
    cdef const double* hyper = <const double*> op.operand[2]
    cdef dim_t at, n
    stretch(op, step, &at, &n)
    sgd_update(<real_t*> op.operand[0] + at, <const real_t*> op.operand[1] + at,
               hyper[0], n)


cdef void run_sgd_momentum_update(
    const Op* op, const Step* step, real_t* _
) noexcept nogil:
    cdef const double* hyper = <const double*> op.operand[3]
    cdef dim_t at, n
    stretch(op, step, &at, &n)
    sgd_momentum_update(
        <real_t*> op.operand[0] + at, <real_t*> op.operand[1] + at,
        <const real_t*> op.operand[2] + at, hyper[0], hyper[1], n)


cdef void run_sgd_nesterov_update(
    const Op* op, const Step* step, real_t* _
) noexcept nogil:
    cdef const double* hyper = <const double*> op.operand[3]
    cdef dim_t at, n
    stretch(op, step, &at, &n)
    sgd_nesterov_update(
        <real_t*> op.operand[0] + at, <real_t*> op.operand[1] + at,
        <const real_t*> op.operand[2] + at, hyper[0], hyper[1], n)


cdef void run_rmsprop_update(const Op* op, const Step* step, real_t* _) noexcept nogil:
    cdef const double* hyper = <const double*> op.operand[5]
    cdef real_t* momentum = <real_t*> op.operand[2]
    cdef real_t* average = <real_t*> op.operand[3]
    cdef dim_t at, n
    stretch(op, step, &at, &n)
    rmsprop_update(
        <real_t*> op.operand[0] + at, <real_t*> op.operand[1] + at,
        momentum + at if momentum != NULL else momentum,
        average + at if average != NULL else average,
        <const real_t*> op.operand[4] + at, hyper[0], hyper[1], hyper[2], hyper[3], n)


cdef void run_adam_update(const Op* op, const Step* step, real_t* _) noexcept nogil:
    cdef const double* hyper = <const double*> op.operand[4]
    cdef dim_t at, n
    stretch(op, step, &at, &n)
    adam_update(
        <real_t*> op.operand[0] + at, <real_t*> op.operand[1] + at,
        <real_t*> op.operand[2] + at, <const real_t*> op.operand[3] + at,
        hyper[0], hyper[1], hyper[2], hyper[3], update_number(op, 5), n)


cdef void run_adam_amsgrad_update(
    const Op* op, const Step* step, real_t* _
) noexcept nogil:
    cdef const double* hyper = <const double*> op.operand[5]
    cdef dim_t at, n
    stretch(op, step, &at, &n)
    adam_amsgrad_update(
        <real_t*> op.operand[0] + at, <real_t*> op.operand[1] + at,
        <real_t*> op.operand[2] + at, <real_t*> op.operand[3] + at,
        <const real_t*> op.operand[4] + at,
        hyper[0], hyper[1], hyper[2], hyper[3], update_number(op, 6), n)


_add_operation("sgd_update", <run_t> run_sgd_update[float],
               <run_t> run_sgd_update[double])
_add_operation("sgd_momentum_update", <run_t> run_sgd_momentum_update[float],
               <run_t> run_sgd_momentum_update[double])
_add_operation("sgd_nesterov_update", <run_t> run_sgd_nesterov_update[float],
               <run_t> run_sgd_nesterov_update[double])
_add_operation("rmsprop_update", <run_t> run_rmsprop_update[float],
               <run_t> run_rmsprop_update[double])
_add_operation("adam_update", <run_t> run_adam_update[float],
               <run_t> run_adam_update[double])
_add_operation("adam_amsgrad_update", <run_t> run_adam_amsgrad_update[float],
               <run_t> run_adam_amsgrad_update[double])
