"""The three products of a dense layer.

One driver serves them all: the right operand is read in whole vectors along its
rows, the left one element by element with any strides. Small operands are read where
they lie; those that the caches cannot hold, or would hold badly, are packed in blocks.
"""

cdef enum:
    DEPTH = 256        # of a block: its strip of the right operand stays in L1
    FEW_ROWS = 12      # with no more a product costs the reading of the right operand:
    FEW_DEPTH = 8      # so many of its rows are read side by side, each from end to end
    FEW_COLUMNS = 4096      # of them at a time, where sums are put aside
    MANY_ROWS = 64     # with fewer packing the left operand as well does not pay
    MIDDLE_BYTES = 256 << 10   # of an operand that L1 and its pages do not hold
    LARGE_BYTES = 3 << 20      # of an operand that comes from L3 or memory
    PACKED = 256 * 512         # elements of a packed block of the right operand
    PACKED_ROWS = 192          # of a packed block of the left operand: it stays in L2
    BLOCK_ROWS = 64    # most rows of dout that are transposed instead of the weights
    COLUMNS_GRAIN = 128     # bytes: threads share columns in whole pairs of lines


cdef inline void tiles(
    real_t* c, const real_t* a, const real_t* b, const real_t* bias,
    dim_t m, dim_t n, dim_t depth,
    dim_t row_c, dim_t start_a, dim_t row_a, dim_t step_a, dim_t row_b, dim_t panel_b,
    int joined, Ahead* ahead,
) noexcept nogil:
    """c := a @ b (+ c or bias) in register tiles, joined to c as tile.h says. Tiles of
    a begin at rows `start_a` elements apart; columns come in strips of two vectors, and
    those of b begin `panel_b` elements apart."""
    cdef dim_t lanes = FN_VECTOR_BYTES // sizeof(real_t)
    cdef dim_t j, i
    cdef int vectors, rows
    cdef const real_t* strip
    cdef bint panels = start_a != row_a
    for j from 0 <= j < n by 2 * lanes:
        vectors = 2 if n - j > lanes else 1
        strip = b + j // (2 * lanes) * panel_b
        i = 0
        while i < m:
            rows = (<int> min(<dim_t> FN_ROWS, m - i) if panels
                    else tile_height(m - i))
            if ahead != NULL:
                look_ahead(ahead)
            if real_t is float:
                fn_tile_f32(
                    rows, vectors, depth, c + i * row_c + j, row_c,
                    a + i * start_a, row_a, step_a, strip, row_b,
                    bias + j if bias != NULL else NULL, joined)
            else:
                fn_tile_f64(
                    rows, vectors, depth, c + i * row_c + j, row_c,
                    a + i * start_a, row_a, step_a, strip, row_b,
                    bias + j if bias != NULL else NULL, joined)
            i += rows


cdef void listed_rows(
    real_t* c,             # OUT (m, n) rows of length row_c, n in whole vectors
    const Source* source,  # IN  the rows of a are those of the batch from `first` on
    const Step* step,
    const real_t* b,       # IN  (k, n) rows of length row_b
    const real_t* bias,    # IN  (n,) or NULL
    dim_t first, dim_t at, dim_t m, dim_t n, dim_t k, dim_t row_c, dim_t row_b,
    int joined,
) noexcept nogil:
    """c := a[:, at : at + k] @ b, joined to c, of at most BLOCK_DEPTH columns"""
    cdef dim_t lanes = FN_VECTOR_BYTES // sizeof(real_t)
    cdef const real_t* rows[FN_ROWS]
    cdef dim_t i, j
    cdef int vectors, high
    i = 0
    while i < m:
        high = tile_height(m - i)
        list_rows(rows, source, step, first + i, first + i + high)
        for j from 0 <= j < n by 2 * lanes:
            vectors = 2 if n - j > lanes else 1
            if real_t is float:
                fn_tile_listed_f32(
                    high, vectors, False, k, c + i * row_c + j, row_c, rows, at, b + j,
                    row_b, bias + j if bias != NULL else NULL, joined)
            else:
                fn_tile_listed_f64(
                    high, vectors, False, k, c + i * row_c + j, row_c, rows, at, b + j,
                    row_b, bias + j if bias != NULL else NULL, joined)
        i += high


cdef void listed_columns(
    real_t* c,             # OUT (columns, n) rows of length row_c, n in whole vectors
    const Source* source,  # IN  the rows of a are those of the batch
    const Step* step,
    const real_t* b,       # IN  (m, n) rows of length row_b
    dim_t at, dim_t columns, dim_t n, dim_t m, dim_t row_c, dim_t row_b,
    Ahead* ahead,          # or NULL
) noexcept nogil:
    """c := a[:, at : at + columns].T @ b"""
    cdef dim_t lanes = FN_VECTOR_BYTES // sizeof(real_t)
    cdef const real_t* rows[DEPTH]
    cdef dim_t p, deep, i, j, jc, wide
    cdef int vectors, high, joined = FN_BEGUN
    for p from 0 <= p < m by DEPTH:
        deep = min(<dim_t> DEPTH, m - p)
        list_rows(rows, source, step, p, p + deep)
        # as many columns of b at a time as stay in L1 beside the lines of a
        wide = DEPTH // deep * 2 * lanes
        for jc from 0 <= jc < n by wide:
            i = 0
            while i < columns:
                high = tile_height(columns - i)
                for j from jc <= j < min(jc + wide, n) by 2 * lanes:
                    vectors = 2 if n - j > lanes else 1
                    if ahead != NULL:
                        look_ahead(ahead)
                    if real_t is float:
                        fn_tile_listed_f32(
                            high, vectors, True, deep, c + i * row_c + j, row_c, rows,
                            at + i, b + p * row_b + j, row_b, NULL, joined)
                    else:
                        fn_tile_listed_f64(
                            high, vectors, True, deep, c + i * row_c + j, row_c, rows,
                            at + i, b + p * row_b + j, row_b, NULL, joined)
                i += high
        joined = FN_CONTINUED


cdef void pack_strips(
    real_t* out,           # OUT (columns / strip, depth, strip)
    const real_t* b,       # IN  (depth, columns), or (columns, depth) if transposed
    dim_t depth, dim_t columns, dim_t row_b, bint transposed,
) noexcept nogil:
    """out := b in strips of two vectors side by side; b is read along its rows"""
    cdef dim_t strip = 2 * FN_VECTOR_BYTES // sizeof(real_t), j, q
    cdef dim_t line = ALIGNMENT // sizeof(real_t)
    # of the last strip only the lines that its columns lie in: no further than the row
    cdef dim_t rest = min(strip, (columns % strip + line - 1) // line * line)
    if transposed:
        for j from 0 <= j < columns by strip:
            transpose(out + j * depth, b + j * row_b, min(strip, columns - j), depth,
                      strip, row_b)
        return
    for q in range(depth):
        for j from 0 <= j <= columns - strip by strip:
            memcpy(out + j * depth + q * strip, b + q * row_b + j,
                   2 * FN_VECTOR_BYTES)
        j = columns // strip * strip
        memcpy(out + j * depth + q * strip, b + q * row_b + j, rest * sizeof(real_t))


cdef void matmul_packed(
    real_t* c, const real_t* a, const real_t* b, const real_t* bias,
    dim_t m, dim_t n, dim_t k,
    dim_t row_c, dim_t row_a, dim_t step_a, dim_t row_b,
    bint transposed_b,
    dim_t depth,           # of a block
    dim_t columns,         # of a block, at most
    dim_t rows,            # of a packed block of a, 0: a is read where it lies
    int joined,            # FN_BEGUN, or any if k is no more than a block
    bint again,            # the last product of this thread was of the same b
    Ahead* ahead,
) noexcept nogil:
    """matmul through copies: blocks of b, or of the matrix that it is the transpose of,
    in strips side by side, and blocks of a in panels of as many rows as a tile has"""
    cdef dim_t strip = 2 * FN_VECTOR_BYTES // sizeof(real_t)
    cdef real_t* packed_b = <real_t*> fn_pack_b()
    cdef real_t* packed_a = <real_t*> fn_pack_a()
    cdef dim_t block = rows if rows else m
    cdef dim_t p, jc, ic, deep, wide, high
    cdef const real_t* left
    depth = max(min(depth, k), <dim_t> 1)
    columns = max(min(columns, PACKED // depth) // strip, <dim_t> 1) * strip
    # k == 0 is one empty block: c := bias
    for p from 0 <= p < max(k, <dim_t> 1) by depth:
        deep = min(depth, k - p)
        for jc from 0 <= jc < n by columns:
            wide = min(columns, n - jc)
            if not (again and deep == k and wide == n):
                pack_strips(packed_b, b + (jc * row_b + p if transposed_b
                                           else p * row_b + jc),
                            deep, wide, row_b, transposed_b)
            for ic from 0 <= ic < m by block:
                high = min(block, m - ic)
                left = a + ic * row_a + p * step_a
                if rows:
                    pack_panels(packed_a, left, high, deep, row_a, step_a)
                    left = packed_a
                tiles(c + ic * row_c + jc, left, packed_b,
                      bias + jc if bias != NULL else bias, high, wide, deep, row_c,
                      deep if rows else row_a, 1 if rows else row_a,
                      <dim_t> FN_ROWS if rows else step_a, strip, strip * deep,
                      FN_CONTINUED if p > 0 else joined, ahead)


cdef void matmul(
    real_t* c,             # OUT (m, n) rows of length row_c, n in whole vectors
    const real_t* a,       # IN  (m, k) element (i, p) at i * row_a + p * step_a
    const real_t* b,       # IN  (k, n) rows of length row_b
    const real_t* bias,    # IN  (n,) or NULL
    dim_t m, dim_t n, dim_t k,
    dim_t row_c, dim_t row_a, dim_t step_a, dim_t row_b,
    dim_t depth,           # of a block
    int joined,            # FN_BEGUN, or any if k is no more than a block
    Ahead* ahead,          # or NULL
) noexcept nogil:
    """c := a @ b + bias (or added to c), each element summed over k in ascending order
    """
    cdef dim_t strip = 2 * FN_VECTOR_BYTES // sizeof(real_t)
    cdef dim_t p
    # k == 0 is one empty block: c := bias
    for p from 0 <= p < max(k, <dim_t> 1) by depth:
        tiles(c, a + p * step_a, b + p * row_b, bias, m, n,
              min(depth, k - p), row_c, row_a, row_a, step_a, row_b, strip,
              FN_CONTINUED if p > 0 else joined, ahead)


# ---- operations ------------------------------------------------------------------

cdef inline const Source* listed_source(
    const Op* op, const Step* step, const real_t* inp
) noexcept nogil:
    """what inp is gathered from if a product can read each row there, else NULL"""
    cdef const Source* source = step.sources + op.size[8] - 1
    return source if op.size[8] and can_list_rows(source, inp) else NULL


cdef void run_dense_forward(const Op* op, const Step* step, real_t* _) noexcept nogil:
    """operands: out, inp, weight, bias | NULL
    sizes: rows per sample, inputs, units, row lengths of out, inp, weight; [6]: 1 +
    number of the source that inp is gathered from if it may be read there (0: none);
    [7]: 1 if threads share the rows whatever their number, 0 if that is left open; [8]:
    1 + number of the source whose rows are listed if they can be (0: none)"""
    cdef dim_t m = step.rows * op.size[0]
    cdef dim_t k = op.size[1], n = op.size[2]
    cdef dim_t row_out = op.size[3], row_inp = op.size[4], row_weight = op.size[5]
    cdef real_t* out = <real_t*> op.operand[0]
    cdef const real_t* inp = <const real_t*> op.operand[1]
    cdef const real_t* weight = <const real_t*> op.operand[2]
    cdef const real_t* bias = <const real_t*> op.operand[3]
    cdef const Source* source = step.sources + op.size[6] - 1
    cdef dim_t begin, end, i
    cdef dim_t weight_bytes = n * k * sizeof(real_t)
    cdef int relu = FN_CLIPPED if op.function == <void*> relu_forward[real_t] else 0
    if op.size[6] and rows_in_place(source, step, inp) != NULL:
        inp = rows_in_place(source, step, inp)
        row_inp = source.row_bytes // <dim_t> sizeof(real_t)
    # Threads that share the rows read and pack all of the weights each, those that
    # share the columns all of inp.
    if op.size[7] or step.threads == 1 or (
            m >= 2 * FN_ROWS * step.threads
            and (weight_bytes < MIDDLE_BYTES or n <= m)):
        share(m, 1 if op.size[7] else FN_ROWS, step, &begin, &end)
        forward_part(out + begin * row_out, inp + begin * row_inp, weight, bias,
                     end - begin, n, k, row_out, row_inp, row_weight, m, weight_bytes,
                     listed_source(op, step, inp), step, begin, relu)
        if op.function != NULL and not relu:
            apply_forward(op.function, out + begin * row_out, out + begin * row_out,
                          op.scalar, (end - begin) * row_out)
        return
    share(n, COLUMNS_GRAIN // sizeof(real_t), step, &begin, &end)
    if begin == end:
        return
    forward_part(out + begin, inp, weight + begin,
                 bias + begin if bias != NULL else NULL, m, end - begin, k, row_out,
                 row_inp, row_weight, m, weight_bytes, NULL, step, 0, relu)
    if op.function != NULL and not relu:
        for i in range(m):
            apply_forward(op.function, out + i * row_out + begin,
                          out + i * row_out + begin, op.scalar, end - begin)


cdef void forward_part(
    real_t* out, const real_t* inp, const real_t* weight, const real_t* bias,
    dim_t m, dim_t n, dim_t k, dim_t row_out, dim_t row_inp, dim_t row_weight,
    dim_t all_rows, dim_t weight_bytes,
    const Source* listed,  # whose rows are those of inp, or NULL
    const Step* step,
    dim_t first,           # row of the batch that is the first one of inp
    int relu,              # FN_CLIPPED for relu of it, else 0
) noexcept nogil:
    """out := inp @ weight + bias, in the way that suits the whole of it

    The bits are those of a sum over the inputs in ascending order that begins with the
    bias. Of more than one block, as `sum_blocks` has it, each is summed from zero, and
    they are added up in ascending order, the bias after the first."""
    cdef dim_t blocks = sum_blocks(k), block, at, deep
    cdef int joined = FN_BEGUN
    if n == 1 and blocks == 1 and m >= HIGH:
        forward_of_one(out, inp, weight, bias, m, k, row_out, row_inp, row_weight, relu)
        return
    if blocks > 1 and bias != NULL:
        joined = FN_BIASED
    for block in range(blocks):
        at = block_start(k, blocks, block)
        deep = block_start(k, blocks, block + 1) - at
        if block == blocks - 1:
            joined += relu
        if listed != NULL:
            listed_rows(out, listed, step, weight + at * row_weight, bias, first, at, m,
                        n, deep, row_out, row_weight, joined)
        elif weight_bytes < MIDDLE_BYTES:
            matmul(out, inp + at, weight + at * row_weight, bias, m, n, deep, row_out,
                   row_inp, 1, row_weight, max(deep, <dim_t> 1), joined, NULL)
        elif all_rows <= FEW_ROWS:
            forward_few(out, inp + at, weight + at * row_weight, bias, m, n, deep,
                        row_out, row_inp, row_weight, joined)
        else:
            matmul_packed(out, inp + at, weight + at * row_weight, bias, m, n, deep,
                          row_out, row_inp, 1, row_weight, False, deep, PACKED,
                          PACKED_ROWS if weight_bytes >= LARGE_BYTES
                          and all_rows >= MANY_ROWS else 0, joined, False, NULL)
        joined = FN_ADDED


cdef void forward_of_one(
    real_t* out,           # OUT (m, 1) rows of length row_out
    const real_t* inp,     # IN  (m, k) rows of length row_inp, k of a block at most
    const real_t* weight,  # IN  (k, 1) rows of length row_weight
    const real_t* bias,    # IN  (1,) or NULL
    dim_t m, dim_t k, dim_t row_out, dim_t row_inp, dim_t row_weight, int relu,
) noexcept nogil:
    """out := inp @ weight + bias of a single unit: vectors run along the rows, and sums
    over the inputs in ascending order, as everywhere"""
    cdef real_t sums[2 * LANES]
    cdef real_t* columns = <real_t*> fn_pack_a()
    cdef real_t w, first = bias[0] if bias != NULL else <real_t> 0
    cdef dim_t i, p, lane, high
    # the sums of rows that are not there are computed along, and never read
    for i from 0 <= i < m by 2 * LANES:
        high = min(<dim_t> 2 * LANES, m - i)
        transpose(columns, inp + i * row_inp, high, k, 2 * LANES, row_inp)
        for lane in range(2 * LANES):
            sums[lane] = first
        for p in range(k):
            w = weight[p * row_weight]
            for lane in range(2 * LANES):
                sums[lane] = fma_(columns[p * 2 * LANES + lane], w, sums[lane])
        if relu:
            relu_forward(sums, sums, NULL, 2 * LANES)
        for lane in range(high):
            out[(i + lane) * row_out] = sums[lane]


cdef void forward_few(
    real_t* out, const real_t* inp, const real_t* weight, const real_t* bias,
    dim_t m, dim_t n, dim_t k, dim_t row_out, dim_t row_inp, dim_t row_weight,
    int joined,
) noexcept nogil:
    """out := inp @ weight, joined to out and bias, for at most FEW_ROWS rows"""
    cdef real_t* sums = <real_t*> fn_pack_a()
    cdef dim_t j, i, wide
    cdef int relu = joined & FN_CLIPPED
    joined -= relu
    if joined == FN_BEGUN:
        matmul(out, inp, weight, bias, m, n, k, row_out, row_inp, 1, row_weight,
               FEW_DEPTH, FN_BEGUN, NULL)
    for j from 0 <= j < (0 if joined == FN_BEGUN else n) by FEW_COLUMNS:
        wide = min(<dim_t> FEW_COLUMNS, n - j)
        matmul(sums, inp, weight + j, <const real_t*> NULL, m, wide, k, FEW_COLUMNS,
               row_inp, 1, row_weight, FEW_DEPTH, FN_BEGUN, NULL)
        for i in range(m):
            add(out + i * row_out + j, sums + i * FEW_COLUMNS,
                bias + j if joined == FN_BIASED else out + i * row_out + j, wide)
    for i in range(m if relu else 0):
        relu_forward(out + i * row_out, out + i * row_out, NULL, n)


# A layer with many inputs, few units and a batch of rows that each thread holds some
# columns of: blocks of the sum over the inputs belong to threads, which keep their part
# of the weights, of the rows and of the gradient in their own cache from step to step.

cdef void run_dense_partial(const Op* op, const Step* step, real_t* _) noexcept nogil:
    """partial[block] := the block's part of inp @ weight
    operands: partial, inp, weight
    sizes: those of dense_forward
    One thread leaves all to dense_join."""
    cdef dim_t m = step.rows * op.size[0]
    cdef dim_t k = op.size[1], n = op.size[2]
    cdef dim_t row_out = op.size[3], row_inp = op.size[4], row_weight = op.size[5]
    cdef real_t* partial = <real_t*> op.operand[0]
    cdef const real_t* inp = <const real_t*> op.operand[1]
    cdef const real_t* weight = <const real_t*> op.operand[2]
    cdef dim_t first, last, block, begin, end, blocks = sum_blocks(k)
    cdef const Source* listed = listed_source(op, step, inp)
    if step.threads == 1:
        return
    share_blocks(k, step, &first, &last, &begin, &end)
    for block in range(first, last):
        begin = block_start(k, blocks, block)
        end = block_start(k, blocks, block + 1)
        if listed != NULL:
            listed_rows(
                partial + block * m * row_out, listed, step,
                weight + begin * row_weight, <const real_t*> NULL, 0, begin, m, n,
                end - begin, row_out, row_weight, FN_BEGUN)
            continue
        matmul(partial + block * m * row_out, inp + begin, weight + begin * row_weight,
               <const real_t*> NULL, m, n, end - begin, row_out, row_inp, 1,
               row_weight, end - begin, FN_BEGUN, NULL)


cdef void run_dense_join(const Op* op, const Step* step, real_t* _) noexcept nogil:
    """out := f(bias + sum of partial over the blocks, as forward_part adds up)
    operands: out, inp, weight, bias | NULL, partial
    sizes: those of dense_forward"""
    cdef dim_t m = step.rows * op.size[0], row = op.size[3]
    cdef dim_t blocks = sum_blocks(op.size[1]), block, begin, end, i
    cdef real_t* out = <real_t*> op.operand[0]
    cdef const real_t* bias = <const real_t*> op.operand[3]
    cdef const real_t* partial = <const real_t*> op.operand[4]
    if step.threads == 1:
        run_dense_forward(op, step, <real_t*> NULL)
        return
    share(m, 1, step, &begin, &end)
    memcpy(out + begin * row, partial + begin * row,
           (end - begin) * row * sizeof(real_t))
    for i in range(begin, end if bias != NULL else begin):
        add(out + i * row, out + i * row, bias, op.size[2])
    for block in range(1, blocks):
        partial += m * row
        add(out + begin * row, out + begin * row, partial + begin * row,
            (end - begin) * row)
    if op.function != NULL:
        apply_forward(op.function, out + begin * row, out + begin * row, op.scalar,
                      (end - begin) * row)


cdef void backward_weight_of_one(
    real_t* dweight,       # OUT (k, 1) rows of length row_weight
    const real_t* inp,     # IN  (m, k) rows of length row_inp, of whole lines
    const real_t* dout,    # IN  (m, 1) rows of length row_out
    dim_t m, dim_t k, dim_t row_weight, dim_t row_inp, dim_t row_out,
) noexcept nogil:
    """dweight := inp.T @ dout of a single unit: vectors run along the inputs, and sums
    over the rows in ascending order, as everywhere"""
    cdef real_t sums[2 * LANES]
    cdef dim_t line = ALIGNMENT // sizeof(real_t)
    cdef const real_t* x
    cdef real_t d
    cdef dim_t i, p, j
    cdef bint both
    for i from 0 <= i < k by 2 * line:
        both = i + line < k
        for j in range(2 * ALIGNMENT // sizeof(real_t)):
            sums[j] = 0
        if both:
            for p in range(m):
                x = inp + p * row_inp + i
                d = dout[p * row_out]
                for j in range(2 * ALIGNMENT // sizeof(real_t)):
                    sums[j] = fma_(x[j], d, sums[j])
        else:
            for p in range(m):
                x = inp + p * row_inp + i
                d = dout[p * row_out]
                for j in range(ALIGNMENT // sizeof(real_t)):
                    sums[j] = fma_(x[j], d, sums[j])
        for j in range(min(2 * line, k - i)):
            dweight[(i + j) * row_weight] = sums[j]


cdef void backward_input_of_one(
    real_t* dinp,          # OUT (m, k) rows of length row_inp
    const real_t* dout,    # IN  (m, 1) rows of length row_out
    const real_t* weight,  # IN  (k, 1) rows of length row_weight
    real_t* scratch,       # (k,)
    dim_t m, dim_t k, dim_t row_inp, dim_t row_out, dim_t row_weight,
) noexcept nogil:
    """dinp := dout @ weight.T of a single unit"""
    cdef dim_t i, j, at
    cdef real_t d
    cdef real_t* out
    for j in range(k):
        scratch[j] = weight[j * row_weight]
    for i in range(m):
        d = dout[i * row_out]
        out = dinp + i * row_inp
        for at from 0 <= at < k - k % LANES by LANES:
            for j in range(LANES):
                out[at + j] = d * scratch[at + j]
        for j in range(k - k % LANES, k):
            out[j] = d * scratch[j]


cdef void run_dense_backward_weight(
    const Op* op, const Step* step, real_t* _
) noexcept nogil:
    """dweight := inp.T @ dout
    operands: dweight, inp, dout
    sizes: rows per sample, inputs, units, row lengths of dweight, inp, dout, elements
    of a row of the source to ask memory for (0: none), number of that source; [8]: 1 if
    threads share the inputs in blocks of a sum; [9]: whether the rows of that source
    are listed if they can be"""
    cdef dim_t m = step.rows * op.size[0]
    cdef dim_t k = op.size[1], n = op.size[2]
    cdef dim_t row_weight = op.size[3], row_inp = op.size[4], row_out = op.size[5]
    cdef real_t* dweight = <real_t*> op.operand[0]
    cdef const real_t* inp = <const real_t*> op.operand[1]
    cdef const real_t* dout = <const real_t*> op.operand[2]
    cdef dim_t begin, end, i, j
    cdef dim_t strips = n * sizeof(real_t) // (2 * FN_VECTOR_BYTES) + 1
    cdef bint listed = False
    cdef Ahead ahead
    cdef Ahead* asked = NULL
    if op.size[8]:
        share_blocks(k, step, &i, &j, &begin, &end)
    else:  # of a single unit whole lines, else whole tiles
        share(k, ALIGNMENT // sizeof(real_t) if n == 1 else FN_ROWS, step, &begin, &end)
    if op.size[6] and step.order != NULL:
        plan_ahead(&ahead, step, step.sources + op.size[7], op.size[6],
                   (end - begin) // FN_ROWS * strips)
        if op.size[8]:
            plan_ahead_columns(&ahead, begin, end, (end - begin) // FN_ROWS * strips)
        asked = &ahead
    dweight += begin * row_weight
    inp += begin
    if op.size[9]:
        listed = can_list_rows(step.sources + op.size[7], inp)
    if listed:
        listed_columns(dweight, step.sources + op.size[7], step, dout, begin,
                       end - begin, n, m, row_weight, row_out, asked)
    elif n == 1 and row_inp % (ALIGNMENT // sizeof(real_t)) == 0:
        backward_weight_of_one(dweight, inp, dout, m, end - begin, row_weight, row_inp,
                               row_out)
    elif k * n * <dim_t> sizeof(real_t) < (
            MIDDLE_BYTES if m >= MANY_ROWS else LARGE_BYTES):
        matmul(dweight, inp, dout, <const real_t*> NULL, end - begin, n, m, row_weight,
               1, row_inp, row_out, DEPTH, FN_BEGUN, asked)
    else:
        # of a few rows of dout all strips stay in L2: dweight is written row by row
        matmul_packed(dweight, inp, dout, <const real_t*> NULL, end - begin, n, m,
                      row_weight, 1, row_inp, row_out, False, DEPTH, PACKED,
                      PACKED_ROWS if m >= MANY_ROWS else <dim_t> FN_ROWS,
                      FN_BEGUN, step.again, asked)
    # what the pads of dout left there must not reach the optimizer
    for i in range(end - begin):
        for j in range(n, row_weight):
            dweight[i * row_weight + j] = 0


cdef void run_dense_backward_bias(
    const Op* op, const Step* step, real_t* _
) noexcept nogil:
    """dbias := sum of dout over the rows, in ascending order
    operands: dbias, dout; sizes: rows per sample, units, row length of dout"""
    cdef dim_t m = step.rows * op.size[0]
    cdef dim_t n = op.size[1], row_out = op.size[2]
    cdef real_t* dbias = <real_t*> op.operand[0]
    cdef const real_t* dout = <const real_t*> op.operand[1]
    cdef real_t sums[2 * LANES]
    cdef dim_t line = ALIGNMENT // sizeof(real_t)
    cdef dim_t begin, end, i, j, at
    share(n, LANES, step, &begin, &end)
    for at from begin <= at < end by 2 * line:
        for j in range(2 * ALIGNMENT // sizeof(real_t)):
            sums[j] = 0
        # the sums are of whole lines: rows end in padding
        if at + line < end:
            for i in range(m):
                for j in range(2 * ALIGNMENT // sizeof(real_t)):
                    sums[j] += dout[i * row_out + at + j]
        else:
            for i in range(m):
                for j in range(ALIGNMENT // sizeof(real_t)):
                    sums[j] += dout[i * row_out + at + j]
        for j in range(min(2 * line, end - at)):
            dbias[at + j] = sums[j]


cdef void backward_input_few(
    real_t* dinp,          # OUT (m, k) rows of length row_inp
    const real_t* dout,    # IN  (m, n)
    const real_t* weight,  # IN  (k, n)
    real_t* scratch,       # (n + k, BLOCK_ROWS)
    dim_t m, dim_t k, dim_t n,
    dim_t row_inp, dim_t row_out, dim_t row_weight,
) noexcept nogil:
    """dinp := (weight @ dout.T).T for at most BLOCK_ROWS rows"""
    cdef real_t* dinp_t = scratch + n * BLOCK_ROWS
    # the columns up to whole vectors hold what an earlier block left: computed along,
    # never read
    cdef dim_t line = ALIGNMENT // sizeof(real_t)
    cdef dim_t wide = (m + line - 1) // line * line
    transpose(scratch, dout, m, n, BLOCK_ROWS, row_out)
    matmul(dinp_t, weight, scratch, <const real_t*> NULL, k, wide, n, BLOCK_ROWS,
           row_weight, 1, BLOCK_ROWS, DEPTH, FN_BEGUN, NULL)
    transpose(dinp, dinp_t, k, m, row_inp, BLOCK_ROWS)


cdef void run_dense_backward_input(
    const Op* op, const Step* step, real_t* _
) noexcept nogil:
    """dinp := (dout @ weight.T) * f', f being what inp came out of
    operands: dinp, dout, weight, inp | NULL, scratch; inp is what came out of f, or
    what went in if the backward of f reads that
    sizes: rows per sample, inputs, units, row lengths of dinp, dout, weight, scratch
    elements per thread; [7]: 1 if threads share the rows whatever their number

    The weights are transposed as they are packed, or dout and dinp are: whichever is
    less. The bits are the same: each element is one sum over the units in ascending
    order. Threads share the columns of dinp, so each packs its rows of the weights, or
    the rows of dinp if the weights are small."""
    cdef dim_t m = step.rows * op.size[0]
    cdef dim_t k = op.size[1], n = op.size[2]
    cdef dim_t row_inp = op.size[3], row_out = op.size[4], row_weight = op.size[5]
    cdef real_t* dinp = <real_t*> op.operand[0]
    cdef const real_t* dout = <const real_t*> op.operand[1]
    cdef const real_t* weight = <const real_t*> op.operand[2]
    cdef const real_t* inp = <const real_t*> op.operand[3]
    cdef real_t* scratch = <real_t*> op.operand[4] + step.worker * op.size[6]
    cdef dim_t begin = 0, end = k, i
    cdef dim_t weight_bytes = n * k * sizeof(real_t)
    if op.size[7] or (
            weight_bytes < MIDDLE_BYTES and m >= 2 * FN_ROWS * step.threads):
        share(m, 1 if op.size[7] else FN_ROWS, step, &begin, &end)
        m = end - begin
        dinp += begin * row_inp
        dout += begin * row_out
        inp += begin * row_inp if inp != NULL else 0
        begin, end = 0, k
    else:
        share(k, COLUMNS_GRAIN // sizeof(real_t), step, &begin, &end)
        dinp += begin
        weight += begin * row_weight
        inp += begin if inp != NULL else 0
    if begin == end or m == 0:
        return
    if n == 1:
        backward_input_of_one(dinp, dout, weight, scratch, m, end - begin, row_inp,
                              row_out, row_weight)
    elif FEW_ROWS <= m <= BLOCK_ROWS and 2 * m * (n + k) <= n * k:
        backward_input_few(dinp, dout, weight, scratch, m, end - begin, n, row_inp,
                           row_out, row_weight)
    elif m < MANY_ROWS or weight_bytes < LARGE_BYTES:
        # a strip is packed and used at once, from L1
        matmul_packed(dinp, dout, weight, <const real_t*> NULL, m, end - begin, n,
                      row_inp, row_out, 1, row_weight, True, DEPTH, 1, 0,
                      FN_BEGUN, False, NULL)
    else:
        matmul_packed(dinp, dout, weight, <const real_t*> NULL, m, end - begin, n,
                      row_inp, row_out, 1, row_weight, True, DEPTH, PACKED,
                      PACKED_ROWS, FN_BEGUN, False, NULL)
    if op.function == NULL:
        return
    if end - begin == k:
        apply_backward(op.function, dinp, dinp, inp, op.scalar, m * row_inp)
        return
    for i in range(m):
        apply_backward(op.function, dinp + i * row_inp, dinp + i * row_inp,
                       inp + i * row_inp, op.scalar, end - begin)


_add_operation("dense_forward", <run_t> run_dense_forward[float],
               <run_t> run_dense_forward[double])
_add_operation("dense_partial", <run_t> run_dense_partial[float],
               <run_t> run_dense_partial[double])
_add_operation("dense_join", <run_t> run_dense_join[float],
               <run_t> run_dense_join[double])
_add_operation("dense_backward_weight", <run_t> run_dense_backward_weight[float],
               <run_t> run_dense_backward_weight[double])
_add_operation("dense_backward_bias", <run_t> run_dense_backward_bias[float],
               <run_t> run_dense_backward_bias[double])
_add_operation("dense_backward_input", <run_t> run_dense_backward_input[float],
               <run_t> run_dense_backward_input[double])


def sum_block_count(dim_t inputs):
    """Blocks of the sum over the inputs of a dense layer."""
    return sum_blocks(inputs)


def input_scratch(dim_t inputs, dim_t units):
    """Elements of scratch that dense_backward_input needs for each thread."""
    return (inputs + units) * BLOCK_ROWS
