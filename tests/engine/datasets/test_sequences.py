"""Sequences: the target follows from what is shown, and the text is one that a small network can learn."""

import numpy as np

from engine.data import DataSpec, prepare
from engine.datasets.letters import NAMES, SIGNS, TEXT


def test_sine_asks_for_the_value_that_follows():
    d = prepare(DataSpec.from_json({"type": "sine", "steps": 5}))
    assert d.input_shape == (5, 1)
    x = d.raw[..., 0]
    speed = np.arccos(np.clip((x[:, 1] + x[:, 3]) / (2 * x[:, 2]), -1, 1))  # x(t−1) + x(t+1) = 2 cos(speed) x(t)
    np.testing.assert_allclose(2 * np.cos(speed) * x[:, 4] - x[:, 3], d.raw_targets, atol=1e-6)


def test_sine_noise_is_in_what_is_shown_not_in_the_answer():
    clean, noisy = (prepare(DataSpec.from_json({"type": "sine", "noise": n, "samples": 5000})) for n in (0, 30))
    np.testing.assert_array_equal(clean.raw_targets, noisy.raw_targets)
    assert abs((noisy.raw - clean.raw).std() - 0.3) < 0.01


def test_adding_marks_one_number_in_each_half():
    for steps in (2, 5, 10):
        d = prepare(DataSpec.from_json({"type": "adding", "steps": steps}))
        value, mark = d.raw[..., 0], d.raw[..., 1]
        half = steps // 2
        assert (mark[:, :half].sum(axis=1) == 1).all()
        assert (mark[:, half:].sum(axis=1) == 1).all()
        np.testing.assert_allclose((value * mark).sum(axis=1), d.raw_targets)
        assert mark.mean(axis=0).min() > 0  # every place is marked at times


def test_letters_show_the_text_and_ask_for_what_follows():
    d = prepare(DataSpec.from_json({"type": "letters", "steps": 6}))
    text = " ".join(TEXT.split())
    assert d.input_shape == (6, len(SIGNS))
    for i in (0, 100, len(d.raw) - 1):
        assert "".join(SIGNS[c] for c in d.raw[i].argmax(axis=1)) == text[i : i + 6]
        assert SIGNS[d.targets[i]] == text[i + 6]
    assert (d.raw.sum(axis=2) == 1).all()
    assert d.classes == NAMES


def test_letters_as_codes_are_the_same_letters():
    one_hot, codes = (prepare(DataSpec.from_json({"type": "letters", "encoding": e})) for e in ("one_hot", "codes"))
    np.testing.assert_array_equal(one_hot.raw.argmax(axis=2), codes.raw)
    np.testing.assert_array_equal(one_hot.targets, codes.targets)
