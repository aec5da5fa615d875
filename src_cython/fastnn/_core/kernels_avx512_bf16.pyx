"""The kernels that gain from AVX-512 BF16; all others are those of AVX-512."""

include "kernels/common.pxi"
include "kernels/products.pxi"
include "kernels/dense_bf16.pxi"

from fastnn._core import kernels_avx512 as _rest

for _dtype in _FUNCTIONS:
    _FUNCTIONS[_dtype].update(_rest.functions(_dtype))
