"""Fixtures and settings for all tests."""

import os
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

import fastnn

settings.register_profile(
    "fastnn", derandomize=True, max_examples=25, deadline=None, database=None
)
settings.load_profile("fastnn")

ROOT = Path(__file__).resolve().parent.parent


def _seed_of(request):
    return zlib.crc32(request.node.nodeid.encode())


@pytest.fixture
def rng(request):
    """A generator of random numbers, the same in each run of a test."""
    return np.random.default_rng(_seed_of(request))


@pytest.fixture(autouse=True)
def first_weights(request):
    """Models begin with the same weights in each run of a test."""
    fastnn.utils.set_random_seed(_seed_of(request))


@pytest.fixture(scope="session")
def data_dir():
    """The folder of the real data sets; the test is skipped where there is none."""
    given = os.environ.get("FASTNN_DATA_DIR")
    folder = Path(given) if given else ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("no real data: FASTNN_DATA_DIR names no folder that exists")
    return folder
