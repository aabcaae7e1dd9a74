"""The C library takes what `app.memory` asks of it: what is let go of is gone."""

import subprocess
import sys

import psutil
import pytest

from tests.tools.server import ROOT

LARGE = """
import psutil
from app.memory import frugal

def used():
    return psutil.Process().memory_info().rss >> 20

done, before = frugal(), used()
pieces = [bytearray(1 << 20) for _ in range(200)]
kept = [bytearray(1000) for _ in range(10)]  # the last of what was asked for stays, as it does in a server
held = used()
del pieces
print(int(done), held - before, used() - before)
"""


SMALL = """
import gc
import psutil
from app.memory import give_back

def used():
    return psutil.Process().memory_info().rss >> 20

before = used()
class Ring(list):
    pass

gc.disable()  # as if Python saw no reason yet to look
pieces = [bytearray(50_000) for _ in range(4000)]
kept = pieces[::10]  # what is free lies between them
ring = Ring(pieces)
ring.append(ring)
del pieces, ring
held = used()
give_back()
print(1, held - before, used() - before)
"""


@pytest.mark.skipif(not psutil.LINUX, reason="these are calls of glibc")
@pytest.mark.parametrize("program", [LARGE, SMALL], ids=["large pieces at once", "the others when asked"])
def test_what_is_let_go_of_goes_back_to_the_system(program):
    answer = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    done, held, left = map(int, answer.stdout.split())
    if not done:
        pytest.skip("this Linux has another C library")
    assert held > 150
    assert left < 30
