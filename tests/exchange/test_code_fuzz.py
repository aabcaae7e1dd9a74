"""Code with random damage is read or refused in words, never with an error of the program's own."""

import contextlib
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import PlaygroundError
from engine.export.keras_net import build_code
from engine.export.torch import module
from engine.export.torch_net import write
from engine.importing.keras_code import from_keras
from engine.importing.torch_code import from_torch
from tests.exchange import test_keras_in, test_torch_in
from tests.exchange.networks import WHOLE, whole

NETWORKS = [whole(name) for name in WHOLE]
KERAS = [test_keras_in.TEXTBOOK, *test_keras_in.FORMS.values()]
KERAS += [f"import keras\n{build_code(n)}" for n in NETWORKS]
TORCH = [test_torch_in.TEXTBOOK, *test_torch_in.FORMS.values()]
TORCH += [f"import torch\nfrom torch import nn\n{module(write(n, sums=False), n.nodes)}" for n in NETWORKS]
PIECES = ["None", "1", "'x'", "(1, 2)", "[]", "self", "x", "f(x)", "-1", "0", "1.5", "True", "lambda z: z", "{}"]
PIECES += ["nn", "layers", "*a", "**k", "3e300", "x[0]", "x[:, -1]", "9**9**9", "for", ":", "\n", ")"]


@st.composite
def damaged(draw, sources):
    """One of the programs with a few of its words left out, doubled or replaced."""
    words = re.findall(r"\s+|\w+|[^\w\s]", draw(st.sampled_from(sources)))
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(words) - 1))
        words[place : place + draw(st.integers(0, 1))] = draw(st.sampled_from([[], *([p] for p in PIECES), [words[0]]]))
        words = words or ["x"]
    return "".join(words)


@pytest.mark.filterwarnings("ignore::SyntaxWarning")
@pytest.mark.parametrize("read, sources", [(from_keras, KERAS + TORCH[:3]), (from_torch, TORCH + KERAS[:3])])
def test_damaged_code_is_read_or_refused_in_words(read, sources):
    @given(damaged(sources))
    @settings(max_examples=300)
    def check(code):
        with contextlib.suppress(PlaygroundError):
            read(code)

    check()
