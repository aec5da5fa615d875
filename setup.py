"""Build of the compiled modules: one table of flags, one table of directives."""

import os
import platform
import sys
from pathlib import Path

import numpy
from Cython.Build import cythonize
from setuptools import Extension, setup

SOURCES = Path("src_cython")
BUILD = Path("build")
FLAGS_BUILT = BUILD / "flags.txt"
DEBUG = os.environ.get("FASTNN_DEBUG") == "1"

DIRECTIVES = {
    "language_level": 3,
    "boundscheck": DEBUG,
    "wraparound": False,
    "initializedcheck": DEBUG,
    "cdivision": True,  # kernels count on IEEE: x / 0 is infinite or NaN
    "overflowcheck": DEBUG,
    "embedsignature": True,
    "binding": True,
}

# No flag here or at link time may change floating-point arithmetic for the process
# (-ffast-math does), hide NaN (-ffinite-math-only does) or make its rounding depend
# on the instruction set (contraction does).
FLAGS = [
    "-O3",
    "-g0",
    "-std=gnu11",
    "-ffp-contract=off",
    "-fno-math-errno",
    "-fno-trapping-math",
    "-fwrapv",
    "-fvisibility=hidden",
    "-Wno-unused-function",
    "-Wno-sign-compare",
    "-Wno-unknown-pragmas",
]
DEBUG_FLAGS = ["-O1", "-g", "-std=gnu11", "-ffp-contract=off", "-fwrapv"]

AVX2 = ["-mavx2", "-mfma"]
AVX512 = [*AVX2, "-mavx512f", "-mavx512dq", "-mavx512bw", "-mavx512vl"]
# by the end of a module's name
INSTRUCTION_SETS = {
    "_avx2": AVX2,
    "_avx512": [*AVX512, "-mprefer-vector-width=512"],
    "_avx512_bf16": [*AVX512, "-mavx512bf16", "-mprefer-vector-width=512"],
}
# modules that a build can do without: not every compiler knows their instructions
EXTENSIONS = ("_avx512_bf16",)


def is_x86():
    """Whether the target is x86-64 (on macOS the target may differ from the host)."""
    target = os.environ.get("ARCHFLAGS", "") if sys.platform == "darwin" else ""
    return "x86_64" in (target or platform.machine().replace("AMD64", "x86_64"))


def flags_for(name):
    """The compiler flags of a module, or None if it cannot exist on this target."""
    extra = next((f for end, f in INSTRUCTION_SETS.items() if name.endswith(end)), [])
    if extra and not is_x86():
        return None
    return (DEBUG_FLAGS if DEBUG else FLAGS) + extra


def extensions():
    """An Extension for each .pyx, named by its path."""
    for source in sorted(SOURCES.rglob("*.pyx")):
        name = ".".join(source.relative_to(SOURCES).with_suffix("").parts)
        flags = flags_for(name)
        if flags is not None:
            yield Extension(
                name,
                [str(source)],
                include_dirs=[numpy.get_include(), str(SOURCES / "native")],
                define_macros=[("NPY_NO_DEPRECATED_API", "NPY_1_23_API_VERSION")],
                extra_compile_args=flags,
                extra_link_args=["-pthread"],
                optional=name.endswith(EXTENSIONS),
                depends=[str(p) for p in SOURCES.rglob("*.[hp]*")],
            )


# Neither Cython nor setuptools builds again what only the flags have changed.
flags = repr((DIRECTIVES, FLAGS, DEBUG_FLAGS, DEBUG))
changed = not FLAGS_BUILT.exists() or FLAGS_BUILT.read_text() != flags
modules = cythonize(
    list(extensions()),
    include_path=[str(SOURCES)],
    build_dir=str(BUILD),
    compiler_directives=DIRECTIVES,
    force=changed,
    # elsewhere processes begin by importing this file
    nthreads=os.cpu_count() if sys.platform == "linux" else 0,
)
if changed:
    FLAGS_BUILT.parent.mkdir(exist_ok=True)
    FLAGS_BUILT.write_text(flags)
for module in modules:
    module.depends.append(str(FLAGS_BUILT))

setup(ext_modules=modules, options={"build_ext": {"parallel": True}})
