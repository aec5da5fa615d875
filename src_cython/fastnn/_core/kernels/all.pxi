"""Every kernel, for the instruction set that the including module is compiled for."""

include "common.pxi"
include "elementwise.pxi"
include "rectifiers.pxi"
include "smooth.pxi"
include "products.pxi"
include "dense.pxi"
include "dense_bf16.pxi"
include "rows.pxi"
include "noise.pxi"
include "repeats.pxi"
include "embedding.pxi"
include "preprocessing.pxi"
include "batch_normalization.pxi"
include "softmax.pxi"
include "normalization.pxi"
include "prelu.pxi"
include "losses.pxi"
include "losses_regression.pxi"
include "losses_hinge.pxi"
include "losses_binary.pxi"
include "losses_categorical.pxi"
include "losses_overlap.pxi"
include "losses_circle.pxi"
include "metrics.pxi"
include "metric_sums.pxi"
include "regularizers.pxi"
include "optimizers.pxi"
include "optimizers_adaptive.pxi"
include "optimizers_common.pxi"
include "optimizers_whole.pxi"
include "optimizers_muon.pxi"
include "schedules.pxi"
include "constraints.pxi"
include "sums.pxi"
include "peak.pxi"

VECTOR_BYTES = FN_VECTOR_BYTES
TILE_ROWS = FN_ROWS
HAS_FMA = bool(FN_HAS_FMA)

# A door whose kernel has its name already goes by that name in Python.
for _name in [name for name in globals() if name.endswith("_door")]:
    _door = globals().pop(_name)
    _door.__name__ = _door.__qualname__ = _name[: -len("_door")]
    globals()[_door.__name__] = _door
