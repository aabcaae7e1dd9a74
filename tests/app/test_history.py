"""The history in memory gives every row once, in order, and knows when it has to ask the store."""

import numpy as np
import pytest

from app.runs.history import KEEP, History
from engine.events import COLUMNS


def rows(first, count, shift=0.0):
    """Rows whose first number is their own."""
    out = np.full((count, len(COLUMNS)), np.nan)
    out[:, 0] = np.arange(first, first + count) + shift
    return out


def numbers(found):
    return found[:, 0].tolist()


def test_rows_come_back_in_order_from_any_place():
    history = History()
    for first, count in ((1, 3), (4, 100), (104, 1)):
        assert history.append(first, rows(first, count))
    assert history.last == 104
    assert numbers(history.read(0, 1000)) == list(range(1, 105))
    assert numbers(history.read(50, 3)) == [51, 52, 53]
    assert numbers(history.read(104, 10)) == numbers(history.read(200, 10)) == []


def test_rows_known_already_are_passed_over():
    history = History()
    history.append(1, rows(1, 10))
    assert history.append(6, rows(6, 10))
    assert history.append(2, rows(2, 3))
    assert numbers(history.read(0, 100)) == list(range(1, 16))


def test_other_rows_under_the_same_numbers_are_refused_until_the_old_ones_are_cut():
    history = History()
    history.append(1, rows(1, 10))
    assert not history.append(9, rows(9, 3, shift=0.5))
    assert history.last == 10
    history.cut(8)
    assert history.append(9, rows(9, 3, shift=0.5))
    assert numbers(history.read(7, 9)) == [8, 9.5, 10.5, 11.5]


def test_a_gap_is_an_error():
    history = History(last=5)
    with pytest.raises(ValueError, match="Expected row 6, got 8"):
        history.append(8, rows(8, 1))


def test_what_is_older_than_the_memory_is_asked_from_the_store():
    history = History(last=5)
    history.append(6, rows(6, 2))
    with pytest.raises(LookupError):
        history.read(4, 10)
    assert numbers(history.read(5, 10)) == [6, 7]


def test_only_old_rows_that_are_stored_are_let_go():
    history, total = History(), 4 * KEEP
    history.append(1, rows(1, total))
    history.trim(0)
    assert history.first == 1
    history.trim(total)
    assert history.first == total - KEEP + 1
    assert numbers(history.read(history.first - 1, 2)) == [history.first, history.first + 1]
    assert history.append(total + 1, rows(total + 1, 2))
    assert numbers(history.read(total - 1, 9)) == [total, total + 1, total + 2]


def test_rows_given_out_do_not_change_later():
    history = History()
    history.append(1, rows(1, 4))
    before = history.read(0, 4)
    history.cut(2)
    history.append(3, rows(3, 4, shift=0.25))
    assert numbers(before) == [1, 2, 3, 4]
