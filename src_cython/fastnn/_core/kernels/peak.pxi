"""How fast the processor is at most, with the instructions of this module: what
benchmarks hold the other kernels against."""

cdef extern from "peak.h" nogil:
    double fn_multiply_add_f32(long long repeats)
    double fn_multiply_add_f64(long long repeats)
    double fn_multiply_add_bf16(long long repeats)
    double fn_root_and_quotient_f32(long long repeats)
    double fn_root_and_quotient_f64(long long repeats)
    void fn_copy_bytes(char* out, const char* inp, size_t nbytes, long long repeats)
    void fn_read_bytes(const char* inp, size_t nbytes, long long repeats)


def multiply_add(dtype, long long repeats):
    """Multiply and add in registers, `repeats` times as many as need not wait for one
    another, without the GIL.

    Args:
        dtype: "float32", "float64" or "bfloat16".

    Returns:
        The floating-point operations done; a multiplication and an addition are two.
    """
    cdef double done
    if dtype not in ("float32", "float64", "bfloat16"):
        raise ValueError(f"expected float32, float64 or bfloat16. Received: {dtype!r}")
    cdef bint double_precision = dtype == "float64", rounded = dtype == "bfloat16"
    with nogil:
        if double_precision:
            done = fn_multiply_add_f64(repeats)
        elif rounded:
            done = fn_multiply_add_bf16(repeats)
        else:
            done = fn_multiply_add_f32(repeats)
    return done


def root_and_quotient(dtype, long long repeats):
    """Take square roots and divide by them, in first-level cache, without the GIL.

    Args:
        dtype: "float32" or "float64".

    Returns:
        The number of roots.
    """
    cdef double done
    if dtype not in ("float32", "float64"):
        raise ValueError(f"expected float32 or float64. Received: {dtype!r}")
    cdef bint double_precision = dtype == "float64"
    with nogil:
        if double_precision:
            done = fn_root_and_quotient_f64(repeats)
        else:
            done = fn_root_and_quotient_f32(repeats)
    return done


def copy_memory(cnp.ndarray out not None, cnp.ndarray inp not None,
                long long repeats):
    """out := inp in whole vectors, `repeats` times, without the GIL; both of one size,
    aligned to 64 bytes and a multiple of 256 bytes long."""
    _require_blocks(out, inp)
    cdef char* to = <char*> cnp.PyArray_DATA(out)
    cdef const char* source = <const char*> cnp.PyArray_DATA(inp)
    cdef size_t nbytes = inp.size
    with nogil:
        fn_copy_bytes(to, source, nbytes, repeats)


def read_memory(cnp.ndarray inp not None, long long repeats):
    """Read all of `inp`, `repeats` times, without the GIL; as for `copy_memory`."""
    _require_blocks(inp)
    cdef const char* source = <const char*> cnp.PyArray_DATA(inp)
    cdef size_t nbytes = inp.size
    with nogil:
        fn_read_bytes(source, nbytes, repeats)


def _require_blocks(*blocks):
    """Raise unless all are bytes of one size and can be read in whole vectors."""
    for block in blocks:
        if block.dtype != np.uint8 or not block.flags.c_contiguous \
                or block.shape != (blocks[0].size,) or block.size % 256 \
                or not block.size or block.ctypes.data % ALIGNMENT:
            raise ValueError("expected blocks of one size, aligned, in whole vectors")
    if not blocks[0].flags.writeable and len(blocks) == 2:
        raise ValueError("out: expected an array that can be written")
