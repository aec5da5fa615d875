"""The bits do not depend on the number of threads that share an operation."""

from functools import partial

import pytest
from cases import CASES, Shape
from operands import arranged

SCRATCH_SIZE = 6  # position of its length for each thread among the sizes
SHAPES = [Shape(0, 3, 4), Shape(1, 300, 65), Shape(7, 33, 17), Shape(64, 70, 130)]
SHAPES += [Shape(200, 31, 48), Shape(5000, 3, 2), Shape(40, 300, 200)]


def run_shared(run, threads, name, dtype, rows, operands, sizes, *rest, **settings):
    """What a test door's own call does, by one thread's share after the other."""
    if name == "dense_backward_input":
        # one after the other, they can use one scratch
        sizes = (*sizes[:SCRATCH_SIZE], 0)
    run(name, dtype, rows, operands, sizes, *rest, threads=threads, **settings)


def outputs(kernels, case, arguments):
    arguments = arranged(arguments, case.outputs, "contiguous")
    value = getattr(kernels, case.kernel)(*arguments.values())
    written = [arguments[name] for name in case.outputs]
    return value, [None if array is None else array.tobytes() for array in written]


@pytest.mark.parametrize("threads", [2, 7])
@pytest.mark.parametrize("case", CASES, ids=str)
def test_same_bits_for_any_number_of_threads(
    kernels, case, dtype, threads, rng, monkeypatch
):
    share = partial(run_shared, kernels._run, threads)
    for shape in filter(case.fits, SHAPES):
        arguments = case.arguments(rng, shape, dtype)
        with monkeypatch.context() as patch:
            expected = outputs(kernels, case, arguments)
            patch.setattr(kernels, "_run", share)
            assert outputs(kernels, case, arguments) == expected, shape
