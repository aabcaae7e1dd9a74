"""Judging that takes long is done part by part, and what is changed in between is judged as it is then."""

import numpy as np
import pytest

from engine import evaluate
from engine.events import Epoch, Judged, Step
from engine.train import Trainer
from tests.engine.runs import experiment

PARTS = 5  # of 200 samples
BATCHES = 10


@pytest.fixture
def trainer(monkeypatch):
    monkeypatch.setattr(evaluate, "PIECE", 40 * (2 + 3 + 1))
    made = Trainer(experiment(data={"type": "circle", "samples": 200}, batch_size=10))
    assert len(made.evaluator.pieces) == PARTS
    return made


def judged(trainer, parts):
    """Train until so many parts are judged; the events that are still to come."""
    events = trainer.events("update")
    while parts:
        parts -= isinstance(next(events), Judged)
    return events


def test_there_is_a_break_after_every_part_but_the_last(trainer):
    events, kinds = trainer.events("update"), []
    for event in events:
        kinds.append(type(event))
        if isinstance(event, Epoch):
            break
    assert kinds == [Step] * BATCHES + [Judged] * (PARTS - 1) + [Epoch]
    in_one = Trainer(trainer.experiment)
    np.testing.assert_array_equal(event.row, next(in_one.events("epoch")).row)


def test_weights_edited_in_between_are_judged_as_a_whole(trainer):
    events = judged(trainer, 3)
    trainer.edit(layer="output", name="bias", index=[0], value=0.7)
    (row,) = [event.row for event in (next(events) for _ in range(PARTS)) if isinstance(event, Epoch)]
    np.testing.assert_array_equal(row, trainer.row())


def test_from_a_checkpoint_in_between_it_goes_on_the_same(trainer):
    events = judged(trainer, 2)
    other = Trainer.restore(trainer.experiment, trainer.state())
    rows = [next(e.row for e in each if isinstance(e, Epoch)) for each in (events, other.events("update"))]
    np.testing.assert_array_equal(*rows)
    assert (trainer.epoch, trainer.update) == (other.epoch, other.update) == (1, BATCHES)
    np.testing.assert_array_equal(trainer.order, other.order)


def test_a_reset_in_between_is_a_new_start(trainer):
    events = judged(trainer, 1)
    trainer.reset()
    row = next(event.row for event in events if isinstance(event, Epoch))
    np.testing.assert_array_equal(row, next(Trainer(trainer.experiment).events("epoch")).row)
