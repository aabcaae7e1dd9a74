"""Warm-up before any schedule, and the plateau's drops: in the run, through checkpoints and changes."""

import numpy as np
import pytest

from engine.events import COLUMNS
from engine.schedules import WARM_START
from engine.spec import CATALOGUE, make
from engine.train import Trainer
from tests.engine.runs import experiment, rows, same

RATE, TEST_LOSS = COLUMNS.index("learning_rate"), COLUMNS.index("test_loss")
STUCK = {"optimizer": {"type": "sgd", "learning_rate": 0.0}}  # the test loss never falls


@pytest.mark.parametrize("name", CATALOGUE["schedule"])
def test_warm_up_climbs_in_a_line_and_then_is_over(name):
    plain, warm = make("schedule", name), make("schedule", {"type": name, "warmup": 4})
    shares = [warm.factor(t) / plain.factor(t) for t in (0, 1, 2, 3, 4, 5, 50)]
    climb = [WARM_START + (1 - WARM_START) * t / 4 for t in (0, 1, 2, 3)]
    np.testing.assert_allclose(shares, [*climb, 1, 1, 1])


def test_only_the_constant_rate_without_warm_up_is_steady():
    steady = [name for name in CATALOGUE["schedule"] if make("schedule", name).steady]
    assert steady == ["constant"]
    assert not make("schedule", {"type": "constant", "warmup": 0.5}).steady


@pytest.mark.parametrize("schedule", [{"type": "constant", "warmup": 2}, {"type": "plateau", "patience": 0}], ids=str)
def test_going_by_epochs_and_by_updates_is_the_same(schedule):
    settings = {"schedule": schedule, "optimizer": {"type": "sgd", "learning_rate": 1.0}}
    same(rows(Trainer(experiment(**settings)), 6), rows(Trainer(experiment(**settings)), 6, "update"))


def plateau(**parameters):
    return {"type": "plateau", "patience": 2, "gamma": 0.5, **parameters}


def test_the_rate_drops_after_the_epochs_let_pass_again_and_again_down_to_the_floor():
    schedule, memory = make("schedule", plateau(floor=0.2)), make("schedule", plateau()).start()
    scales = []
    for loss in [1.0, *[1.0] * 11]:
        schedule.look(memory, loss)
        scales.append(memory["scale"])
    assert scales == [1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.2, 0.2, 0.2]


def test_a_falling_loss_keeps_the_rate_and_a_hair_does_not_count():
    schedule = make("schedule", plateau())
    memory = schedule.start()
    for epoch in range(20):
        schedule.look(memory, 0.9**epoch)
    assert memory["scale"] == 1
    for epoch in range(3):
        schedule.look(memory, memory["best"] * (1 - 1e-6 * epoch))
    assert memory["scale"] == 0.5


def test_the_row_of_the_epoch_has_the_new_rate():
    trainer = Trainer(experiment(schedule=plateau(patience=0), **STUCK))
    memory = [trainer.schedule_memory["scale"]]
    for _ in range(3):
        rows(trainer, 1)
        memory.append(trainer.schedule_memory["scale"])
    assert memory == [1, 1, 0.5, 0.25]
    trainer.set(learning_rate=0.2)
    (row,) = rows(trainer, 1)
    assert row[RATE] == pytest.approx(0.2 * trainer.schedule_memory["scale"])


def test_a_checkpoint_keeps_what_the_plateau_knows():
    made = experiment(schedule=plateau(patience=0), optimizer={"type": "sgd", "learning_rate": 3.0})
    straight, stopped = Trainer(made), Trainer(made)
    expected = rows(straight, 12)
    assert len(set(expected[:, RATE])) > 1
    rows(stopped, 5)
    same(rows(Trainer.restore(made, stopped.state()), 7), expected[5:])


def test_another_schedule_forgets_and_reset_too():
    trainer = Trainer(experiment(schedule=plateau(patience=0), **STUCK))
    rows(trainer, 4)
    assert trainer.schedule_memory["scale"] < 1
    trainer.set(schedule=plateau(patience=5))  # of the same kind: goes on
    assert trainer.schedule_memory["scale"] < 1
    trainer.set(schedule="constant")
    assert trainer.schedule_memory == {}
    trainer.set(schedule=plateau(patience=0))
    rows(trainer, 3)
    trainer.reset()
    assert trainer.schedule_memory == make("schedule", plateau()).start()
