"""The rectifier whose slope below zero is trained."""


cdef void prelu_forward(
    real_t* out,            # OUT (rows, n) rows of length row
    const real_t* inp,      # IN  (rows, n)
    const real_t* alpha,    # IN  (period, n)
    dim_t begin, dim_t end, dim_t n, dim_t row, dim_t period,
) noexcept nogil:
    """out := alpha * inp where inp < 0 else inp, row i with row i % period of alpha"""
    cdef dim_t i, j, at
    cdef real_t x
    for i in range(begin, end):
        at = i % period * row
        for j in range(n):
            x = inp[i * row + j]
            out[i * row + j] = alpha[at + j] * x if x < 0 else x


cdef inline void prelu_backward_input(
    real_t* dinp,           # OUT (n,)
    const real_t* dout,     # IN  (n,)
    const real_t* inp,      # IN  (n,)
    const real_t* alpha,    # IN  (n,)
    dim_t n,
) noexcept nogil:
    """dinp := dout where inp > 0, alpha * dout where inp < 0, else 0"""
    cdef dim_t j
    cdef real_t slope
    for j in range(n):
        slope = alpha[j] if inp[j] < 0 else 0
        slope = 1 if inp[j] > 0 else slope
        dinp[j] = dout[j] * slope


cdef inline void prelu_add_slopes(
    real_t* dalpha,         # OUT (n,)
    const real_t* dout,     # IN  (n,)
    const real_t* inp,      # IN  (n,)
    dim_t n,
) noexcept nogil:
    """dalpha += dout * inp where inp < 0"""
    cdef dim_t j
    cdef real_t x
    for j in range(n):
        x = inp[j] if inp[j] < 0 else 0
        dalpha[j] = fma_(dout[j], x, dalpha[j])


# ---- operations -----------------------------------------------------------------

cdef void run_prelu_forward(const Op* op, const Step* step, real_t* _) noexcept nogil:
    """operands: out, inp, alpha; sizes: rows per sample, width, row length, period"""
    cdef dim_t begin, end
    share(step.rows * op.size[0], 1, step, &begin, &end)
    prelu_forward(<real_t*> op.operand[0], <const real_t*> op.operand[1],
                  <const real_t*> op.operand[2], begin, end, op.size[1], op.size[2],
                  op.size[3])


cdef void run_prelu_backward(const Op* op, const Step* step, real_t* _) noexcept nogil:
    """operands: dinp or NULL, parts (CHUNKS * period rows) or NULL, dout, inp, alpha
    sizes: as of the forward"""
    cdef dim_t width = op.size[1], row = op.size[2], period = op.size[3]
    cdef dim_t n = step.rows * op.size[0] // period, chunk = chunk_of(n, LEAST_BLOCKS)
    cdef dim_t begin, end, c, i, at, turn
    cdef real_t* dinp = <real_t*> op.operand[0]
    cdef real_t* part
    cdef const real_t* dout = <const real_t*> op.operand[2]
    cdef const real_t* inp = <const real_t*> op.operand[3]
    share((n + chunk - 1) // chunk, 1, step, &begin, &end)
    for c in range(begin, end):
        part = <real_t*> op.operand[1]
        if part != NULL:
            part += c * period * row
            memset(part, 0, period * row * sizeof(real_t))
        for i in range(c * chunk * period, min(n, (c + 1) * chunk) * period):
            at = i * row
            turn = i % period * row
            if part != NULL:
                prelu_add_slopes(part + turn, dout + at, inp + at, width)
            if dinp != NULL:
                prelu_backward_input(dinp + at, dout + at, inp + at,
                                     <const real_t*> op.operand[4] + turn, width)


cdef void run_spread(const Op* op, const Step* step, real_t* _) noexcept nogil:
    """out[i] := inp[index[i]]; operands: out, inp, index; size: n"""
    cdef real_t* out = <real_t*> op.operand[0]
    cdef const real_t* inp = <const real_t*> op.operand[1]
    cdef const int32_t* index = <const int32_t*> op.operand[2]
    cdef dim_t begin, end, i
    share(op.size[0], LANES, step, &begin, &end)
    for i in range(begin, end):
        out[i] = inp[index[i]]


cdef void run_collect(const Op* op, const Step* step, real_t* _) noexcept nogil:
    """out[places[k]] := sum of inp[order[i]], first[k] <= i < first[k + 1], in order
    operands: out, inp, places, order, first; size: how many there are of `places`"""
    cdef real_t* out = <real_t*> op.operand[0]
    cdef const real_t* inp = <const real_t*> op.operand[1]
    cdef const int32_t* places = <const int32_t*> op.operand[2]
    cdef const int32_t* order = <const int32_t*> op.operand[3]
    cdef const int32_t* first = <const int32_t*> op.operand[4]
    cdef dim_t begin, end, i, k
    cdef real_t total
    share(op.size[0], LANES, step, &begin, &end)
    for k in range(begin, end):
        total = 0
        for i in range(first[k], first[k + 1]):
            total += inp[order[i]]
        out[places[k]] = total


_add_operation("prelu_forward", <run_t> run_prelu_forward[float],
               <run_t> run_prelu_forward[double])
_add_operation("prelu_backward", <run_t> run_prelu_backward[float],
               <run_t> run_prelu_backward[double])
_add_operation("spread", <run_t> run_spread[float], <run_t> run_spread[double])
_add_operation("collect", <run_t> run_collect[float], <run_t> run_collect[double])
