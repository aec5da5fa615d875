"""What all products use: the register tile, the transpose, and the memory asked for
ahead of the next batch."""

cdef extern from "tile.h" nogil:
    enum:
        FN_ROWS
        FN_VECTOR_BYTES
    void* fn_pack_a()
    void* fn_pack_b()
    void fn_tile_f32(
        int rows, int vectors, dim_t depth, float* c, dim_t row_c,
        const float* a, dim_t row_a, dim_t step_a, const float* b, dim_t row_b,
        const float* bias, int continue_sum)
    void fn_tile_f64(
        int rows, int vectors, dim_t depth, double* c, dim_t row_c,
        const double* a, dim_t row_a, dim_t step_a, const double* b, dim_t row_b,
        const double* bias, int continue_sum)


cdef void transpose(
    real_t* out,           # OUT (columns, rows) rows of length row_out
    const real_t* inp,     # IN  (rows, columns) rows of length row_inp
    dim_t rows, dim_t columns, dim_t row_out, dim_t row_inp,
) noexcept nogil:
    """out := inp.T"""
    cdef dim_t i, j, r, s, height, width
    for i from 0 <= i < rows by 16:
        height = min(<dim_t> 16, rows - i)
        for j from 0 <= j < columns by 16:
            width = min(<dim_t> 16, columns - j)
            if height == 16:
                # a constant trip count: unrolled into whole cache lines
                for s in range(width):
                    for r in range(16):
                        out[(j + s) * row_out + i + r] = inp[(i + r) * row_inp + j + s]
            else:
                for s in range(width):
                    for r in range(height):
                        out[(j + s) * row_out + i + r] = inp[(i + r) * row_inp + j + s]


cdef struct Ahead:
    # Rows of the next batch to ask memory for while a product is computed.
    const Step* step
    const Source* source
    dim_t row        # position of the next row in the order of the epoch
    dim_t end        # past the last row
    dim_t at         # next byte of the row
    dim_t bytes      # of a row
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
    ahead.at = 0
    ahead.bytes = min(elements * source.item, source.row_bytes)
    lines = (ahead.end - ahead.row) * (ahead.bytes // ALIGNMENT + 1)
    ahead.lines = lines // max(tiles, <dim_t> 1) + 1


cdef inline void look_ahead(Ahead* ahead) noexcept nogil:
    """Ask for the next few cache lines: more at a time would wait for each other."""
    cdef dim_t i
    cdef const char* row
    for i in range(ahead.lines):
        if ahead.row >= ahead.end:
            return
        row = (ahead.source.data
               + ahead.step.order[ahead.row] * ahead.source.row_bytes)
        fn_prefetch(row + ahead.at)
        ahead.at += ALIGNMENT
        if ahead.at >= ahead.bytes:
            ahead.at = 0
            ahead.row += 1
