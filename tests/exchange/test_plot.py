"""The chart of the losses is a picture of its own, and its lines are the history's numbers."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from app.exchange.plot import BOTTOM, LEFT, RIGHT, TOP, draw_losses, parts, ticks
from engine.events import COLUMNS

SVG = "{http://www.w3.org/2000/svg}"


def rows(train, test):
    made = np.full((len(train), len(COLUMNS)), np.nan)
    made[:, 0], made[:, 2], made[:, 3] = np.arange(len(train)), train, test
    return made


def lines(data):
    """The curves: lists of points, from 0 to 1 both ways."""
    found = []
    for path in ElementTree.fromstring(data).iter(f"{SVG}path"):
        if path.get("stroke-linejoin") and "L" in path.get("d"):
            numbers = [float(n) for n in re.findall(r"[\d.]+", path.get("d"))]
            points = zip(numbers[::2], numbers[1::2], strict=True)
            found.append([((x - LEFT) / (RIGHT - LEFT), (BOTTOM - y) / (BOTTOM - TOP)) for x, y in points])
    return found


def test_lines_follow_the_numbers():
    train, test = np.array([1.0, 0.5, 0.25]), np.array([2.0, 1.0, 0.5])
    data = draw_losses(rows(train, test), "Spiral <loss>")
    root = ElementTree.fromstring(data)
    assert root[0].text == "Spiral <loss>"
    first, second = lines(data)
    np.testing.assert_allclose([x for x, _ in first], [0, 0.5, 1], atol=1e-4)
    np.testing.assert_allclose([y for _, y in first], train / 2.1, atol=1e-4)
    np.testing.assert_allclose([y for _, y in second], test / 2.1, atol=1e-4)
    said = [element.text for element in root.iter(f"{SVG}text")]
    assert {"training 0.25", "test 0.5", "epoch"} <= set(said)


@pytest.mark.parametrize("train", [[], [0.5], [np.nan, np.nan], [1, np.inf, 2, 3, np.nan, 4], [0, 0]])
def test_it_can_be_drawn_whatever_the_losses_are(train):
    data = draw_losses(rows(train, train), "Whatever")
    assert ElementTree.fromstring(data).tag == f"{SVG}svg"
    assert b"nan" not in data.lower() and b'"inf' not in data.lower()


def test_gaps_part_a_line_and_ticks_are_round():
    assert parts(np.array([np.nan, 1, 2, np.nan, 3])) == [slice(1, 3), slice(4, 5)]
    np.testing.assert_allclose(ticks(2.1), [0, 0.5, 1, 1.5, 2])
    assert ticks(100) == [0, 20, 40, 60, 80, 100]
    assert len(ticks(1)) == 6
