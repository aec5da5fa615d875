include "kernels/all.pxi"
