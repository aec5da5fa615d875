/* Included once per element type by tile.h, which defines FN_TYPE, FN_VEC and FN_NAME
 * for sums, FN_OPERAND and FN_OPERAND_VEC for what is multiplied: numbers, or pairs of
 * numbers whose products are added one after the other. */

/* c[i][j] := start[i][j] + sum over p of a[i * row_a + p * step_a] * b[p * row_b + j]
 *
 * for `rows` x `vectors` whole vectors; `joined` says what `start` is, when it is added,
 * and whether relu of the sums is taken.
 * Every element is summed over p in ascending order in one accumulator: its bits do
 * not depend on the tile it falls into.
 */
FN_INLINE void FN_NAME(fn_tile_body)(
    const int rows, const int vectors, const int layout, ptrdiff_t depth,
    FN_TYPE *c, ptrdiff_t row_c,
    const FN_OPERAND *a, ptrdiff_t row_a, ptrdiff_t step_a,
    const FN_OPERAND *b, ptrdiff_t row_b,
    const FN_TYPE *bias, int joined)
{
    enum { LANES = FN_VECTOR_BYTES / sizeof(FN_TYPE) };
    FN_VEC sum[FN_ROWS][2];
    const int clipped = joined & FN_CLIPPED;
    const FN_OPERAND *const *listed = (const FN_OPERAND *const *)a;
    const FN_OPERAND *row[FN_ROWS];
    joined -= clipped;
    if (layout == FN_LISTED_ROWS)
#pragma GCC unroll 16
        for (int i = 0; i < rows; i++)
            row[i] = listed[i] + row_a;
    if (layout == FN_UNIT_STEP)
        step_a = 1;
    if (layout == FN_PANEL) {
        row_a = 1;
        step_a = FN_ROWS;
    }
#pragma GCC unroll 16
    for (int i = 0; i < rows; i++)
#pragma GCC unroll 2
        for (int v = 0; v < vectors; v++) {
            if (joined == FN_CONTINUED)
                sum[i][v] = *(const FN_VEC *)(c + i * row_c + v * LANES);
            else if (joined == FN_BEGUN && bias)
                sum[i][v] = *(const FN_VEC *)(bias + v * LANES);
            else
                sum[i][v] = (FN_VEC){0};
        }
    for (ptrdiff_t p = 0; p < depth; p++) {
        FN_OPERAND_VEC right[2];
#pragma GCC unroll 2
        for (int v = 0; v < vectors; v++)
            right[v] = *(const FN_OPERAND_VEC *)(b + p * row_b + v * LANES);
#pragma GCC unroll 16
        for (int i = 0; i < rows; i++) {
            const FN_OPERAND scalar = layout == FN_LISTED_ROWS ? row[i][p]
                : layout == FN_LISTED_COLUMNS ? listed[p][row_a + i]
                : a[i * row_a + p * step_a];
            const FN_OPERAND_VEC left = scalar - (FN_OPERAND_VEC){0};
#pragma GCC unroll 2
            for (int v = 0; v < vectors; v++)
                sum[i][v] = FN_NAME(fn_fma_vec)(left, right[v], sum[i][v]);
        }
    }
    if (joined == FN_ADDED)
#pragma GCC unroll 16
        for (int i = 0; i < rows; i++)
#pragma GCC unroll 2
            for (int v = 0; v < vectors; v++)
                sum[i][v] += *(const FN_VEC *)(c + i * row_c + v * LANES);
    if (joined == FN_BIASED && bias)
#pragma GCC unroll 16
        for (int i = 0; i < rows; i++)
#pragma GCC unroll 2
            for (int v = 0; v < vectors; v++)
                sum[i][v] += *(const FN_VEC *)(bias + v * LANES);
    if (clipped)
#pragma GCC unroll 16
        for (int i = 0; i < rows; i++)
#pragma GCC unroll 2
            for (int v = 0; v < vectors; v++)
                sum[i][v] = FN_NAME(fn_relu_vec)(sum[i][v]);
#pragma GCC unroll 16
    for (int i = 0; i < rows; i++)
#pragma GCC unroll 2
        for (int v = 0; v < vectors; v++)
            *(FN_VEC *)(c + i * row_c + v * LANES) = sum[i][v];
}

#define FN_CASE(ROWS) \
    case ROWS: \
        if (vectors == 2) \
            FN_NAME(fn_tile_body)(ROWS, 2, layout, depth, c, row_c, a, row_a, \
                                  step_a, b, row_b, bias, joined); \
        else \
            FN_NAME(fn_tile_body)(ROWS, 1, layout, depth, c, row_c, a, row_a, \
                                  step_a, b, row_b, bias, joined); \
        break;

FN_INLINE void FN_NAME(fn_tile_rows)(
    int rows, int vectors, const int layout, ptrdiff_t depth,
    FN_TYPE *c, ptrdiff_t row_c,
    const FN_OPERAND *a, ptrdiff_t row_a, ptrdiff_t step_a,
    const FN_OPERAND *b, ptrdiff_t row_b,
    const FN_TYPE *bias, int joined)
{
    switch (rows) {
    FN_CASE(1) FN_CASE(2) FN_CASE(3) FN_CASE(4)
#if FN_ROWS > 4
    FN_CASE(5) FN_CASE(6)
#endif
#if FN_ROWS > 6
    FN_CASE(7) FN_CASE(8)
#endif
#if FN_ROWS > 8
    FN_CASE(9) FN_CASE(10) FN_CASE(11) FN_CASE(12)
#endif
    }
}

static void FN_NAME(fn_tile)(
    int rows, int vectors, ptrdiff_t depth,
    FN_TYPE *c, ptrdiff_t row_c,
    const FN_OPERAND *a, ptrdiff_t row_a, ptrdiff_t step_a,
    const FN_OPERAND *b, ptrdiff_t row_b,
    const FN_TYPE *bias, int joined)
{
    if (step_a == 1)
        FN_NAME(fn_tile_rows)(rows, vectors, FN_UNIT_STEP, depth, c, row_c, a, row_a,
                              step_a, b, row_b, bias, joined);
    else if (row_a == 1 && step_a == FN_ROWS)
        FN_NAME(fn_tile_rows)(rows, vectors, FN_PANEL, depth, c, row_c, a, row_a,
                              step_a, b, row_b, bias, joined);
    else
        FN_NAME(fn_tile_rows)(rows, vectors, FN_ANY_STEP, depth, c, row_c, a, row_a,
                              step_a, b, row_b, bias, joined);
}

#ifdef FN_LISTED
/* The same with the left operand at a list of addresses, from element `at` on. */
static void FN_NAME(fn_tile_listed)(
    int rows, int vectors, int columns, ptrdiff_t depth,
    FN_TYPE *c, ptrdiff_t row_c,
    const FN_OPERAND *const *a, ptrdiff_t at,
    const FN_OPERAND *b, ptrdiff_t row_b,
    const FN_TYPE *bias, int joined)
{
    if (columns)
        FN_NAME(fn_tile_rows)(rows, vectors, FN_LISTED_COLUMNS, depth, c, row_c,
                              (const FN_OPERAND *)a, at, 0, b, row_b, bias, joined);
    else
        FN_NAME(fn_tile_rows)(rows, vectors, FN_LISTED_ROWS, depth, c, row_c,
                              (const FN_OPERAND *)a, at, 0, b, row_b, bias, joined);
}
#endif

#undef FN_CASE
