"""How often a test of chance or of many repeats itself: a sample in `make test`, in full in `make drills`."""

import os

import pytest

FULL = os.environ.get("IOK_DRILL") == "1"
sampled = pytest.mark.sampled


def repeats(full: int, *, sample: int) -> int:
    """`full` in a drill, `sample` in a build; the test carries the mark `sampled`, so that drills find it."""
    return full if FULL else sample
