"""What this processor can run."""

cdef extern from "cpu.h":
    int fn_has_avx2()
    int fn_has_avx512()
    int fn_has_avx512_bf16()
    const char* FN_COMPILER


def has_avx2():
    """Whether AVX2 and FMA can be used."""
    return bool(fn_has_avx2())


def has_avx512():
    """Whether AVX-512 F, DQ, BW and VL can be used."""
    return bool(fn_has_avx512())


def has_avx512_bf16():
    """Whether AVX-512 BF16 can be used beside those."""
    return bool(fn_has_avx512_bf16())


def compiler():
    """Name and version of the compiler that built this package."""
    return FN_COMPILER.decode()
