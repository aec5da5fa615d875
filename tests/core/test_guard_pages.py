"""No kernel reads or writes past the padded rows of its operands."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from fastnn._core import dispatch

PROGRAM = Path(__file__).with_name("guard_pages.py")

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="needs mprotect"
)


def run_program(argument):
    command = [sys.executable, str(PROGRAM), argument]
    path = os.pathsep.join(filter(None, sys.path))
    environment = {**os.environ, "PYTHONPATH": path}
    return subprocess.run(command, capture_output=True, text=True, env=environment)


@pytest.mark.parametrize("instruction_set", dispatch.available())
def test_nothing_beyond_the_operands_is_touched(instruction_set):
    done = run_program(instruction_set)
    last_call = done.stderr.strip().splitlines()[-1:]
    assert done.returncode == 0, f"ended with {done.returncode} at {last_call}"
    assert int(done.stdout) > 5000


def test_guard_kills_what_touches_it():
    assert run_program("overrun").returncode == -signal.SIGSEGV
