"""What all products use: the register tile, the transpose, and the memory asked for
ahead of the next batch."""

cdef enum:
    BLOCK = 4         # rows and columns of what is transposed in registers,
    HIGH = 8          # or rows of a higher block

cdef extern from "tile.h" nogil:
    enum:
        FN_ROWS
        FN_VECTOR_BYTES
        FN_BEGUN
        FN_CONTINUED
        FN_ADDED
        FN_BIASED
        FN_CLIPPED
    void* fn_pack_a()
    void* fn_pack_b()
    void fn_tile_f32(
        int rows, int vectors, dim_t depth, float* c, dim_t row_c,
        const float* a, dim_t row_a, dim_t step_a, const float* b, dim_t row_b,
        const float* bias, int joined)
    void fn_tile_f64(
        int rows, int vectors, dim_t depth, double* c, dim_t row_c,
        const double* a, dim_t row_a, dim_t step_a, const double* b, dim_t row_b,
        const double* bias, int joined)
    void fn_tile_listed_f32(
        int rows, int vectors, int columns, dim_t depth, float* c, dim_t row_c,
        const float** a, dim_t at, const float* b, dim_t row_b, const float* bias,
        int joined)
    void fn_tile_listed_f64(
        int rows, int vectors, int columns, dim_t depth, double* c, dim_t row_c,
        const double** a, dim_t at, const double* b, dim_t row_b, const double* bias,
        int joined)


cdef inline int tile_height(dim_t left) noexcept nogil:
    """Rows of the next tile out of so many left: tiles as high as each other, because
    the sums of a low one are too few to fill the pipelines of FMA"""
    cdef dim_t count
    if left >= FN_ROWS * (FN_ROWS - 1):
        return FN_ROWS
    count = (left + FN_ROWS - 1) // FN_ROWS
    return <int> ((left + count - 1) // count)


cdef extern from "transpose.h" nogil:
    void fn_transpose_block_f32(
        float* out, dim_t row_out, const float* inp, dim_t row_inp)
    void fn_transpose_block_f64(
        double* out, dim_t row_out, const double* inp, dim_t row_inp)
    void fn_transpose_high_f32(
        float* out, dim_t row_out, const float* inp, dim_t row_inp)
    void fn_transpose_high_f64(
        double* out, dim_t row_out, const double* inp, dim_t row_inp)


cdef inline void transpose_block(
    real_t* out, const real_t* inp, dim_t row_out, dim_t row_inp
) noexcept nogil:
    """out := inp.T for BLOCK x BLOCK elements"""
    if real_t is float:
        fn_transpose_block_f32(out, row_out, inp, row_inp)
    else:
        fn_transpose_block_f64(out, row_out, inp, row_inp)


cdef inline void transpose_high(
    real_t* out, const real_t* inp, dim_t row_out, dim_t row_inp
) noexcept nogil:
    """out := inp.T for HIGH x BLOCK elements"""
    if real_t is float:
        fn_transpose_high_f32(out, row_out, inp, row_inp)
    else:
        fn_transpose_high_f64(out, row_out, inp, row_inp)


cdef void transpose(
    real_t* out,           # OUT (columns, rows) rows of length row_out
    const real_t* inp,     # IN  (rows, columns) rows of length row_inp
    dim_t rows, dim_t columns, dim_t row_out, dim_t row_inp,
) noexcept nogil:
    """out := inp.T"""
    cdef dim_t i, j, r, s, height
    for i from 0 <= i < rows by 16:     # whole cache lines of out
        height = min(<dim_t> 16, rows - i)
        for j from 0 <= j <= columns - BLOCK by BLOCK:
            for r from 0 <= r <= height - HIGH by HIGH:
                transpose_high(out + j * row_out + i + r, inp + (i + r) * row_inp + j,
                               row_out, row_inp)
            for r in range(height // HIGH * HIGH, height):
                for s in range(j, j + BLOCK):
                    out[s * row_out + i + r] = inp[(i + r) * row_inp + s]
        for s in range(columns // BLOCK * BLOCK, columns):
            for r in range(height):
                out[s * row_out + i + r] = inp[(i + r) * row_inp + s]


cdef void pack_panels(
    real_t* out,           # OUT (rows / FN_ROWS, depth, FN_ROWS)
    const real_t* inp,     # IN  (rows, depth) element (i, p) at i * row + p * step
    dim_t rows, dim_t depth, dim_t row, dim_t step,
) noexcept nogil:
    """out := inp in panels of FN_ROWS rows, the elements of a column side by side; what
    the last panel lacks is left as it was"""
    cdef dim_t i, p, r, at
    cdef real_t* panel
    for i from 0 <= i < rows by FN_ROWS:
        panel = out + i * depth
        p = 0
        if rows - i >= FN_ROWS and step == 1:
            for p from 0 <= p <= depth - BLOCK by BLOCK:
                for r from 0 <= r < FN_ROWS by BLOCK:
                    at = min(r, <dim_t> FN_ROWS - BLOCK)
                    transpose_block(panel + p * FN_ROWS + at, inp + (i + at) * row + p,
                                    FN_ROWS, row)
            p = depth // BLOCK * BLOCK
        elif rows - i >= FN_ROWS and row == 1:
            for p in range(depth):
                memcpy(panel + p * FN_ROWS, inp + i + p * step,
                       FN_ROWS * sizeof(real_t))
            continue
        for p in range(p, depth):
            for r in range(min(<dim_t> FN_ROWS, rows - i)):
                panel[p * FN_ROWS + r] = inp[(i + r) * row + p * step]


cdef struct Ahead:
    # Rows of the next batch to ask memory for while a product is computed.
    const Step* step
    const Source* source
    dim_t row        # position of the next row in the order of the epoch
    dim_t end        # past the last row
    dim_t at         # next byte of the row
    dim_t skip       # first byte of a row
    dim_t bytes      # past the last of a row
    dim_t lines      # to ask for at a time


cdef void plan_ahead(
    Ahead* ahead, const Step* step, const Source* source, dim_t elements, dim_t tiles
) noexcept nogil:
    """Divide this thread's rows of the next batch over so many register tiles."""
    cdef dim_t begin, end, lines
    share(step.rows, 1, step, &begin, &end)
    ahead.step = step
    ahead.source = source
    ahead.row = min(step.first + step.rows + begin, step.total)
    ahead.end = min(step.first + step.rows + end, step.total)
    ahead.at = ahead.skip = 0
    ahead.bytes = min(elements * source.item, source.row_bytes)
    lines = (ahead.end - ahead.row) * (ahead.bytes // ALIGNMENT + 1)
    ahead.lines = lines // max(tiles, <dim_t> 1) + 1


cdef inline void plan_ahead_columns(
    Ahead* ahead, dim_t begin, dim_t end, dim_t tiles
) noexcept nogil:
    """The same for elements [begin, end) of all rows of the next batch."""
    cdef const Step* step = ahead.step
    ahead.row = min(step.first + step.rows, step.total)
    ahead.end = min(step.first + 2 * step.rows, step.total)
    ahead.skip = min(begin * ahead.source.item, ahead.bytes)
    ahead.bytes = min(end * ahead.source.item, ahead.bytes)
    ahead.at = ahead.skip
    ahead.lines = (ahead.end - ahead.row) * (
        (ahead.bytes - ahead.skip) // ALIGNMENT + 1) // max(tiles, <dim_t> 1) + 1


cdef inline void look_ahead(Ahead* ahead) noexcept nogil:
    """Ask for the next few cache lines: more at a time would wait for each other."""
    cdef dim_t i
    cdef const char* row
    for i in range(ahead.lines):
        if ahead.row >= ahead.end:
            return
        row = (ahead.source.data
               + ahead.step.order[ahead.row] * ahead.source.row_bytes)
        fn_prefetch(row + ahead.at, 0, 2)  # into L2: it is for the next step
        ahead.at += ALIGNMENT
        if ahead.at >= ahead.bytes:
            ahead.at = ahead.skip
            ahead.row += 1
