"""Compile the twins of `lianzhi.text`, each beside its source: `text/STAGE/_NAME.pyx`.

    python tools/compile.py [--checked | --sanitized]

Needs Cython, setuptools, a C compiler and the headers of Python and NumPy. Ends with 1, and leaves
nothing behind, where these are not there: everything works without. Memory views are checked at
every access, but in modules that read batches which are looked over at the door, by tables that
are made here (`AT_THE_DOOR`); `--checked`, by which CI runs the tests, checks there too. What comes
with a message is read by pointers, and so is scratch (`_batch`, `_buffer`): a memory view of an
array costs as much as a short text does to read. Arrays are checked for what they are where they
come in; what is done with pointers no build checks but `--sanitized`, which wants the compiler's
own library loaded first:

    LD_PRELOAD=$(gcc -print-file-name=libasan.so) PYTHONMALLOC=malloc \\
    ASAN_OPTIONS=detect_leaks=0 python -m pytest tests/text/test_compiled*.py

Loops go one step at a time, or are a `while`: by a step that is named, `range` is Python's own.

Multiplications and additions are rounded one by one, so that the results are those of NumPy to the
bit.
"""

import os
import sys
from pathlib import Path

import numpy
from Cython.Build import cythonize
from Cython.Compiler.Errors import CompileError as CythonError
from setuptools import Distribution, Extension
from setuptools.errors import BaseError, CompileError, LinkError

ROOT = Path(__file__).resolve().parents[1]
SOURCES = "lianzhi/text"
FLAGS = [
    "-g0",
    "-ffp-contract=off",
    "-fno-plt",
    "-fno-semantic-interposition",
    # Small functions that are called everywhere: see docs/decisions/text.md.
    "--param=max-inline-insns-auto=200",
    "--param=inline-unit-growth=400",
    "--param=large-function-growth=1000",
]
#: Checked builds run tests and no more: they are compiled in half the time.
QUICK, CHECKED = ["-O3"], ["-O1"]
SAFELY = {"boundscheck": True, "wraparound": False, "initializedcheck": False}
#: What `--sanitized` adds.
SANITIZED = ["-fsanitize=address", "-g", "-fno-omit-frame-pointer"]
#: Modules whose batches are checked before anything is asked about them (in `without` of `_plain`,
#: in `read` of `_language`, and by `texts_of` of `_batch`). Tables are trusted: only `Words` and
#: `Language` make them.
AT_THE_DOOR = (
    "_decode",
    "_gaps",
    "_guesses",
    "_homophones",
    "_language",
    "_lattice_walk",
    "_sums",
    "_suspicion",
    "_trees",
)


def translate(extensions: list[Extension], directives: dict[str, bool]) -> list[Extension]:
    """Translate to C, under `build/`."""
    found: list[Extension] = cythonize(
        extensions,
        build_dir=str(ROOT / "build" / "cython"),
        compiler_directives=directives,
        language_level=3,
        quiet=True,
        force=True,  # time stamps know nothing of flags
    )
    return found


def build(extensions: list[Extension], *, checked: bool) -> None:
    """Translate to C and compile, beside the sources; all else goes into `build/`."""
    distribution = Distribution({"name": "lianzhi"})
    quick = [one for one in extensions if one.name.rpartition(".")[2] in AT_THE_DOOR]
    others = [one for one in extensions if one not in quick]
    distribution.ext_modules = [
        *translate(others, SAFELY),
        *translate(quick, SAFELY | {"boundscheck": checked}),
    ]
    command = distribution.get_command_obj("build_ext")
    command.inplace, command.force, command.parallel = True, True, os.cpu_count()
    command.build_temp = str(ROOT / "build" / "objects")
    command.build_lib = str(ROOT / "build" / "lib")
    command.ensure_finalized()
    command.run()


def main() -> None:
    os.chdir(ROOT / "src")
    for old in Path(SOURCES).rglob("*.so"):
        old.unlink()
    sanitized = "--sanitized" in sys.argv[1:]
    checked = sanitized or "--checked" in sys.argv[1:]
    extensions = [
        Extension(
            str(source.with_suffix("")).replace("/", "."),
            [str(source)],
            extra_compile_args=FLAGS + (CHECKED if checked else QUICK) + SANITIZED * sanitized,
            extra_link_args=SANITIZED * sanitized,
            include_dirs=[numpy.get_include()],
            define_macros=[("NPY_NO_DEPRECATED_API", "NPY_2_0_API_VERSION")],
        )
        for source in sorted(Path(SOURCES).rglob("*.pyx"))
    ]
    try:
        build(extensions, checked=checked)
    except (BaseError, CompileError, LinkError, CythonError) as error:
        for some in Path(SOURCES).rglob("*.so"):
            some.unlink()
        sys.exit(f"not compiled, and not needed: {error}")


if __name__ == "__main__":
    main()
