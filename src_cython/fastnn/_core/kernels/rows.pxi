"""Kernels over the rows of a matrix: moving data in and out."""

from libc.stdint cimport int8_t, int16_t, int32_t, int64_t
from libc.stdint cimport uint8_t, uint16_t, uint32_t, uint64_t


cdef extern from "half.h" nogil:
    ctypedef struct fn_half:
        pass
    float fn_half_to_f32(fn_half x)


ctypedef fused source_t:
    float
    double
    uint8_t
    int32_t
    int64_t
    fn_half
    int8_t
    int16_t
    uint16_t


# ---- moving rows ----------------------------------------------------------------

cdef inline void convert(real_t* out, const source_t* inp, dim_t n) noexcept nogil:
    """out := inp, as real_t"""
    cdef dim_t i
    if source_t is real_t:
        memcpy(out, inp, n * sizeof(real_t))
    elif source_t is fn_half:
        for i in range(n):
            out[i] = <real_t> fn_half_to_f32(inp[i])
    else:
        for i in range(n):
            out[i] = <real_t> inp[i]


cdef void gather_rows(
    real_t* out,            # OUT (rows * height, width) rows of length row_out
    const source_t* like,   # only its type is read
    const Source* source,   # IN  (total, height * width)
    const Step* step,
    dim_t begin, dim_t end, dim_t height, dim_t width, dim_t row_out, dim_t skip,
) noexcept nogil:
    """out[i] := source[order[first + i]] for i in [begin, end), from element `skip` on
    """
    cdef dim_t i, h, row
    cdef const source_t* inp
    for i in range(begin, end):
        row = step.first + i
        if step.order != NULL:
            row = step.order[row]
        inp = <const source_t*> (source.data + row * source.row_bytes) + skip
        for h in range(height):
            convert(out + (i * height + h) * row_out + skip, inp + h * width, width)


cdef void run_gather(const Op* op, const Step* step, real_t* _) noexcept nogil:
    """operands: out; sizes: source, rows per sample, width, row length of out; [4]: 1
    if the operation that reads them can do without where they lie as it needs them;
    [5]: 1 if threads share the columns in blocks of a sum, of one row per sample; [6]:
    1 if all that read them list the rows where they can"""
    cdef const Source* source = step.sources + op.size[0]
    cdef real_t* out = <real_t*> op.operand[0]
    cdef dim_t begin, end, height = op.size[1], width = op.size[2]
    cdef dim_t skip = 0, first, last
    if op.size[4] and rows_in_place(source, step, out) != NULL:
        return
    if op.size[6] and can_list_rows(source, out):
        return
    if op.size[5]:
        share_blocks(width, step, &first, &last, &skip, &end)
        width = end - skip
        begin, end = 0, step.rows
    else:
        share(step.rows, 1, step, &begin, &end)
    if source.code == 0:
        gather_rows(out, <const float*> NULL, source, step, begin, end, height, width,
                    op.size[3], skip)
    elif source.code == 1:
        gather_rows(out, <const double*> NULL, source, step, begin, end, height, width,
                    op.size[3], skip)
    elif source.code == 2:
        gather_rows(out, <const uint8_t*> NULL, source, step, begin, end, height, width,
                    op.size[3], skip)
    elif source.code == 3:
        gather_rows(out, <const int32_t*> NULL, source, step, begin, end, height, width,
                    op.size[3], skip)
    elif source.code == 4:
        gather_rows(out, <const int64_t*> NULL, source, step, begin, end, height, width,
                    op.size[3], skip)
    elif source.code == 5:
        gather_rows(out, <const fn_half*> NULL, source, step, begin, end, height, width,
                    op.size[3], skip)
    elif source.code == 6:
        gather_rows(out, <const int8_t*> NULL, source, step, begin, end, height, width,
                    op.size[3], skip)
    elif source.code == 7:
        gather_rows(out, <const int16_t*> NULL, source, step, begin, end, height, width,
                    op.size[3], skip)
    else:
        gather_rows(out, <const uint16_t*> NULL, source, step, begin, end, height,
                    width, op.size[3], skip)


cdef void run_gather_labels(const Op* op, const Step* step, real_t* _) noexcept nogil:
    """operands: out (rows * height,) int32; sizes: source of int32, height"""
    cdef const Source* source = step.sources + op.size[0]
    cdef int32_t* out = <int32_t*> op.operand[0]
    cdef dim_t begin, end, i, row, height = op.size[1]
    share(step.rows, 1, step, &begin, &end)
    for i in range(begin, end):
        row = step.first + i
        if step.order != NULL:
            row = step.order[row]
        memcpy(out + i * height, source.data + row * source.row_bytes,
               height * sizeof(int32_t))


cdef void run_scatter(const Op* op, const Step* step, real_t* _) noexcept nogil:
    """operands: inp; sizes: sink, rows per sample, width, row length of inp"""
    cdef const Source* sink = step.sources + op.size[0]
    cdef const real_t* inp = <const real_t*> op.operand[0]
    cdef dim_t begin, end, i, h, height = op.size[1], width = op.size[2]
    cdef dim_t row_inp = op.size[3], row_out = sink.row_bytes
    cdef char* out
    share(step.rows, 1, step, &begin, &end)
    out = sink.data + (step.first + begin) * row_out
    if height == 1 and width == 1:
        for i in range(begin, end):  # a call of memcpy would take longer
            (<real_t*> out)[0] = inp[i * row_inp]
            out += row_out
        return
    for i in range(begin, end):
        for h in range(height):
            memcpy(<real_t*> out + h * width, inp + (i * height + h) * row_inp,
                   width * sizeof(real_t))
        out += row_out


cdef void run_reshape(const Op* op, const Step* step, real_t* _) noexcept nogil:
    """operands: out, inp
    sizes: rows per sample, width, row length of out, then of inp"""
    cdef real_t* out = <real_t*> op.operand[0]
    cdef const real_t* inp = <const real_t*> op.operand[1]
    cdef dim_t height_out = op.size[0], width_out = op.size[1], row_out = op.size[2]
    cdef dim_t height_inp = op.size[3], width_inp = op.size[4], row_inp = op.size[5]
    cdef dim_t begin, end, i, h, j, r, c
    share(step.rows, 1, step, &begin, &end)
    for i in range(begin, end):
        r = 0
        c = 0
        for h in range(i * height_inp, (i + 1) * height_inp):
            for j in range(width_inp):
                out[(i * height_out + r) * row_out + c] = inp[h * row_inp + j]
                c += 1
                if c == width_out:
                    c = 0
                    r += 1


cdef void permute(
    real_t* out,            # OUT (samples * height, width) rows of length row_out
    const real_t* inp,      # IN  (samples, sample)
    const int64_t* starts,  # IN  (height,) where a row of out begins in a sample of inp
    dim_t begin, dim_t end, dim_t height, dim_t width, dim_t row_out, dim_t sample,
    dim_t stride,
) noexcept nogil:
    """out[i, j] := inp[i // height, starts[i % height] + j * stride], for rows i in
    [begin, end)"""
    cdef dim_t i, j
    cdef const real_t* row
    for i in range(begin, end):
        row = inp + i // height * sample + starts[i % height]
        if stride == 1:
            memcpy(out + i * row_out, row, width * sizeof(real_t))
            continue
        for j in range(width):
            out[i * row_out + j] = row[j * stride]


cdef void run_permute(const Op* op, const Step* step, real_t* _) noexcept nogil:
    """operands: out, inp, starts; sizes: rows per sample of out, width, row length,
    elements of a sample of inp, elements of inp from one to the next in a row of out"""
    cdef dim_t begin, end
    share(step.rows * op.size[0], 1, step, &begin, &end)
    permute(<real_t*> op.operand[0], <const real_t*> op.operand[1],
            <const int64_t*> op.operand[2], begin, end, op.size[0], op.size[1],
            op.size[2], op.size[3], op.size[4])


_add_operation("gather", <run_t> run_gather[float], <run_t> run_gather[double])
_add_operation("gather_labels", <run_t> run_gather_labels[float],
               <run_t> run_gather_labels[double])
_add_operation("scatter", <run_t> run_scatter[float], <run_t> run_scatter[double])
_add_operation("reshape", <run_t> run_reshape[float], <run_t> run_reshape[double])
_add_operation("permute", <run_t> run_permute[float], <run_t> run_permute[double])
