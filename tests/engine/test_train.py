"""Training as events: what comes in which order, and that the same experiment always gives the same numbers."""

import numpy as np
import pytest

from engine.errors import SpecError
from engine.events import COLUMNS, Diverged, Epoch, Finished, Step
from engine.spec import make
from engine.train import Trainer
from tests.engine.runs import DROPOUT, HIDDEN, OUTPUT, experiment, go, rows, same
from tests.engine.scaffold import case_id, part_cases

EPOCH, UPDATE, RATE, TEST_LOSS = (COLUMNS.index(name) for name in ("epoch", "update", "learning_rate", "test_loss"))
BATCHES = 5  # 23 examples in batches of 5: the last one has 3


# Same experiment, same numbers


@pytest.mark.parametrize("layers", [(HIDDEN, OUTPUT), (HIDDEN, DROPOUT, OUTPUT)], ids=["plain", "dropout"])
@pytest.mark.parametrize("name, parameters", part_cases("optimizer"), ids=case_id)
def test_two_trainers_give_the_same_losses_bit_for_bit(name, parameters, layers):
    made = experiment(*layers, optimizer={"type": name, **parameters})
    first, second = Trainer(made), Trainer(experiment(*layers, optimizer={"type": name, **parameters}))
    same(rows(first, 4), rows(second, 4))
    same(first.packed(), second.packed())


@pytest.mark.parametrize("layers", [(HIDDEN, OUTPUT), (HIDDEN, DROPOUT, OUTPUT)], ids=["plain", "dropout"])
def test_reset_gives_the_same_losses_again_and_another_seed_gives_others(layers):
    trainer = Trainer(experiment(*layers))
    before, first = trainer.row(), rows(trainer, 3)
    trainer.reset()
    assert (trainer.epoch, trainer.update, trainer.batch_position) == (0, 0, 0)
    same(trainer.row(), before)
    same(rows(trainer, 3), first)
    trainer.reset(seed=2)
    other = rows(trainer, 3)
    assert (other[:, 2] != first[:, 2]).all()
    same(rows(Trainer(experiment(*layers, seed=2)), 3), other)
    trainer.reset()
    same(rows(trainer, 3), other)  # the newest start is the one to go back to


def test_reset_in_mid_batch_gives_the_same_start():
    trainer = Trainer(experiment(HIDDEN, DROPOUT, OUTPUT, optimizer="adam"))
    first = rows(trainer, 2)
    trainer.reset()
    go(trainer, 8, "sample")
    trainer.reset()
    same(rows(trainer, 2), first)


@pytest.mark.parametrize("seed", [-1, 1.5, "1", True, 2**53, float("nan")])
def test_a_seed_that_is_none_is_refused_and_nothing_is_reset(seed):
    trainer = Trainer(experiment())
    rows(trainer, 1)
    with pytest.raises(SpecError) as caught:
        trainer.reset(seed=seed)
    assert caught.value.where == "seed"
    assert trainer.epoch == 1


def test_how_often_one_looks_changes_nothing():
    """Every epoch, every update, with rows and predictions in between: the same losses, bit for bit."""
    made = experiment(HIDDEN, DROPOUT, OUTPUT, optimizer={"type": "sgd", "momentum": 0.9}, schedule="exponential_decay")
    straight, looked_at = Trainer(made), Trainer(made)
    expected, seen = rows(straight, 4), []
    for event in looked_at.events("update"):
        looked_at.row()
        looked_at.predict(looked_at.data.inputs[:7])
        looked_at.activations(looked_at.data.inputs[:3])
        looked_at.evaluate("train")
        if isinstance(event, Epoch):
            seen.append(event.row)
            if len(seen) == 4:
                break
    same(np.array(seen), expected)
    same(straight.packed(), looked_at.packed())


def test_pausing_anywhere_changes_nothing():
    """A new generator after every event, now by update, now by epoch."""
    made = experiment(HIDDEN, DROPOUT, OUTPUT)
    straight, stopped = Trainer(made), Trainer(made)
    expected = rows(straight, 5)
    for each in ["update"] * 7 + ["epoch"] + ["update"] * 3:
        go(stopped, 1, each)
    same(rows(stopped, 5 - stopped.epoch)[-1], expected[-1])


@pytest.mark.parametrize("name, parameters", part_cases("optimizer"), ids=case_id)
def test_sample_by_sample_equals_batch_by_batch(name, parameters):
    """The sum of the samples' gradients is the batch's, up to rounding."""
    made = experiment(optimizer={"type": name, **parameters})
    batch, sample = Trainer(made, np.float64), Trainer(made, np.float64)
    np.testing.assert_allclose(rows(sample, 2, "sample"), rows(batch, 2, "update"), rtol=1e-9)


# What comes in which order


def test_events_of_an_epoch():
    trainer = Trainer(experiment())
    events = go(trainer, 2 * BATCHES + 2, "update")
    assert events[:BATCHES] == [Step(0, n, 0) for n in range(1, BATCHES + 1)]
    assert isinstance(events[BATCHES], Epoch)
    assert events[BATCHES + 1] == Step(1, BATCHES + 1, 0)
    assert [event.row[[EPOCH, UPDATE]].tolist() for event in events if isinstance(event, Epoch)] == [[1, 5], [2, 10]]


def test_events_sample_by_sample():
    trainer = Trainer(experiment())
    events = go(trainer, 24, "sample")
    assert events[:6] == [Step(0, 0, 1), Step(0, 0, 2), Step(0, 0, 3), Step(0, 0, 4), Step(0, 1, 0), Step(0, 1, 1)]
    assert events[20:23] == [Step(0, 4, 1), Step(0, 4, 2), Step(0, 5, 0)]  # the last batch has three
    assert isinstance(events[23], Epoch)
    go(trainer, 2, "sample")
    assert trainer.batch_position == 2
    assert go(trainer, 2, "update") == [Step(1, 5, 3), Step(1, 5, 4)]  # a batch begun is finished in the same way
    assert go(trainer, 2, "update") == [Step(1, 6, 0), Step(1, 7, 0)]


def test_the_number_of_epochs_ends_it_and_more_can_be_asked_for():
    trainer = Trainer(experiment(epochs=3))
    events = list(trainer.events("epoch"))
    assert [type(event) for event in events] == [Epoch, Epoch, Epoch, Finished]
    assert "3 epochs" in events[-1].message
    assert [type(event) for event in trainer.events("epoch")] == [Finished]
    trainer.set(epochs=4)
    assert [type(event) for event in trainer.events("update")] == [Step] * BATCHES + [Epoch, Finished]
    trainer.set(epochs=None)
    assert isinstance(go(trainer, 1, "epoch")[0], Epoch)


def test_an_unknown_pace_is_refused():
    with pytest.raises(SpecError, match="epoch, update or sample"):
        next(Trainer(experiment()).events("second"))


def test_without_shuffling_batches_come_in_the_order_of_the_data():
    """The partial last batch averages over its own three examples: one epoch by hand, in plain NumPy."""
    made = experiment(OUTPUT | {"activation": "linear"}, shuffle=False, optimizer={"type": "sgd", "learning_rate": 0.1})
    trainer = Trainer(made, np.float64)
    kernel, bias = trainer.weights()["output"].values()
    x = trainer.data.inputs[trainer.data.train].astype(np.float64)
    t = np.where(trainer.data.targets[trainer.data.train] == 1, 1.0, -1.0)[:, None]
    for lo in range(0, 23, 5):
        xb, tb = x[lo : lo + 5], t[lo : lo + 5]
        dy = 2 * (xb @ kernel + bias - tb) / len(xb)
        kernel, bias = kernel - 0.1 * xb.T @ dy, bias - 0.1 * dy.sum(axis=0)
    rows(trainer, 1)
    np.testing.assert_allclose(trainer.weights()["output"]["kernel"], kernel, rtol=1e-12)
    np.testing.assert_allclose(trainer.weights()["output"]["bias"], bias, rtol=1e-12)


def test_each_epoch_uses_every_example_once_in_a_new_order():
    trainer, orders = Trainer(experiment()), []
    for _ in range(3):
        orders.append(trainer.order.copy())
        rows(trainer, 1)
    assert all(sorted(order) == list(range(23)) for order in orders)
    assert len({tuple(order) for order in orders}) == 3


# The learning rate over time


@pytest.mark.parametrize("name, parameters", part_cases("schedule"), ids=case_id)
def test_the_first_update_and_each_epoch_have_the_schedules_learning_rate(name, parameters):
    made = experiment(schedule={"type": name, **parameters}, optimizer={"type": "sgd", "learning_rate": 0.2})
    trainer, schedule = Trainer(made), make("schedule", {"type": name, **parameters})
    memory = schedule.start()
    assert trainer.row()[RATE] == pytest.approx(0.2 * schedule.factor(0, memory))
    for epoch, row in enumerate(rows(trainer, 12), start=1):
        schedule.look(memory, row[TEST_LOSS])
        assert row[RATE] == pytest.approx(0.2 * schedule.factor(epoch, memory)), f"epoch {epoch}"


def test_an_update_uses_the_learning_rate_of_its_place_in_the_epoch():
    """The second batch of five begins after 5 of 23 examples: decay has come that far, no further."""
    made = experiment(schedule={"type": "exponential_decay", "gamma": 0.5}, shuffle=False)
    trainer, plain = Trainer(made, np.float64), Trainer(experiment(shuffle=False), np.float64)
    go(trainer, 1), go(plain, 1)
    np.testing.assert_allclose(trainer.packed(), plain.packed(), rtol=1e-6)  # the first update is not slowed
    assert trainer.row()[RATE] == pytest.approx(0.03 * 0.5 ** (5 / 23))
    before = trainer.weights()["output"]["kernel"]
    plain.parameters.flat[:] = trainer.parameters.flat
    go(trainer, 1), go(plain, 1)
    moved = trainer.weights()["output"]["kernel"] - before
    np.testing.assert_allclose(moved / (plain.weights()["output"]["kernel"] - before), 0.5 ** (5 / 23), rtol=1e-6)


# Divergence


@pytest.mark.parametrize("each", ["epoch", "update", "sample"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_run_that_diverges_stops_with_a_sentence_and_no_undefined_row(each, dtype):
    linear = [{**HIDDEN, "activation": "linear"}, {**OUTPUT, "activation": "linear"}]
    trainer = Trainer(experiment(*linear, optimizer={"type": "sgd", "learning_rate": 10.0}), dtype)
    events = []
    for event in trainer.events(each):
        events.append(event)
        assert len(events) < 20_000
    stop = events[-1]
    assert isinstance(stop, Diverged)
    assert "beyond all bounds" in stop.message
    assert "smaller learning rate than 10" in stop.fix
    for event in events:
        if isinstance(event, Epoch):
            assert np.isfinite(event.row).all()
    again = list(trainer.events(each))
    assert isinstance(again[-1], Diverged)
    assert not any(isinstance(event, Epoch) for event in again)
    trainer.set(learning_rate=0.03)
    trainer.reset()
    assert np.isfinite(rows(trainer, 3)).all()


def test_a_large_loss_is_no_divergence():
    trainer = Trainer(
        experiment(HIDDEN, {**OUTPUT, "activation": "linear"}, optimizer={"type": "sgd", "learning_rate": 0})
    )
    trainer.edit("output", "bias", [0], 1e15)
    assert isinstance(go(trainer, 1, "epoch")[0], Epoch)
    assert trainer.row()[2] == pytest.approx(1e30, rel=1e-6)
