"""Early stopping: when the test loss has stopped falling, with the best weights if wanted; exact in checkpoints."""

import numpy as np
import pytest

from engine.events import COLUMNS, Epoch, Finished
from engine.train import Trainer
from tests.engine.runs import DROPOUT, HIDDEN, OUTPUT, experiment, rows, same

TEST_LOSS = COLUMNS.index("test_loss")
# few noisy examples and many neurons: the test loss soon rises again
OVERFIT = {"data": {"type": "circle", "samples": 60, "noise": 50}, "optimizer": {"type": "adam", "learning_rate": 0.03}}
WIDE = [{**HIDDEN, "units": 24}, OUTPUT]


def overfit(*layers, **training):
    return experiment(*(layers or WIDE), **OVERFIT, **training)


def to_the_end(trainer, each="epoch"):
    """Rows of all epochs until the run ends, and its last event."""
    made = []
    for event in trainer.events(each):
        if isinstance(event, Epoch):
            made.append(event.row)
            assert len(made) < 2000
        last = event
    return np.array(made), last


@pytest.mark.parametrize("patience", [1, 4, 15])
def test_it_stops_after_so_many_epochs_without_a_lower_loss(patience):
    made, last = to_the_end(Trainer(overfit(patience=patience)))
    losses = made[:, TEST_LOSS]
    best = int(losses.argmin())
    assert len(losses) == best + 1 + patience
    records = np.minimum.accumulate(losses)
    waits = np.diff(np.flatnonzero(np.append(np.diff(records, prepend=np.inf) < 0, True)))
    assert (waits[:-1] <= patience).all()  # it did not stop too late
    assert isinstance(last, Finished)
    assert f"of epoch {best + 1}, for {patience} epochs" in last.message


def test_the_weights_of_the_best_epoch_come_back_if_wanted():
    plain, restoring = Trainer(overfit(patience=6)), Trainer(overfit(patience=6, restore_best=True))
    made, _ = to_the_end(plain)
    same(to_the_end(restoring)[0], made)
    best = int(made[:, TEST_LOSS].argmin()) + 1
    watched = Trainer(overfit())
    rows(watched, best)
    same(restoring.packed(), watched.packed())
    assert restoring.row()[TEST_LOSS] == made[:, TEST_LOSS].min()
    assert plain.row()[TEST_LOSS] == made[-1, TEST_LOSS]


def test_running_statistics_come_back_too():
    layers = [HIDDEN, {"id": "norm", "type": "batch_norm"}, OUTPUT]
    trainer, watched = Trainer(overfit(*layers, patience=5, restore_best=True)), Trainer(overfit(*layers))
    made, _ = to_the_end(trainer)
    rows(watched, int(made[:, TEST_LOSS].argmin()) + 1)
    same(trainer.packed(), watched.packed())


def test_a_run_that_has_stopped_stays_stopped_and_an_edit_stays_too():
    trainer = Trainer(overfit(patience=3, restore_best=True))
    _, last = to_the_end(trainer)
    trainer.edit("hidden", "kernel", [0, 0], 0.5)
    assert [*trainer.events("epoch")] == [last]
    assert trainer.weights()["hidden"]["kernel"][0, 0] == 0.5


def test_more_patience_lets_it_go_on_and_none_for_ever():
    trainer = Trainer(overfit(patience=2))
    to_the_end(trainer)
    trainer.set(patience=4)
    made, last = to_the_end(trainer)
    assert len(made) >= 2
    assert "for 4 epochs" in last.message
    trainer.set(patience=None)
    assert len(rows(trainer, 10)) == 10


def test_patience_set_on_the_way_counts_from_there():
    trainer = Trainer(overfit())
    rows(trainer, 40)
    trainer.set(patience=3)
    made, _ = to_the_end(trainer)
    assert len(made) >= 4


@pytest.mark.parametrize("stop", [1, 5, 9])
def test_a_checkpoint_keeps_the_wait_and_the_best_weights(stop):
    made = overfit({**HIDDEN, "units": 16}, DROPOUT, OUTPUT, patience=8, restore_best=True)
    straight, stopped = Trainer(made), Trainer(made)
    expected, last = to_the_end(straight)
    rows(stopped, stop)
    restored = Trainer.restore(made, stopped.state())
    seen, end = to_the_end(restored, "update")
    same(seen, expected[stop:])
    assert end == last
    same(restored.packed(), straight.packed())


def test_reset_begins_anew():
    trainer = Trainer(overfit(patience=3))
    made, last = to_the_end(trainer)
    trainer.reset()
    again, end = to_the_end(trainer)
    same(made, again)
    assert end == last


def test_the_number_of_epochs_still_counts():
    _, last = to_the_end(Trainer(overfit(patience=1000, epochs=3)))
    assert "3 epochs asked for" in last.message
