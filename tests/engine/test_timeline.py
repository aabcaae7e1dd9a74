"""Moments of a run: exactly as it was, evenly spaced, never more than allowed."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import PlaygroundError
from engine.events import Epoch
from engine.network import Network
from engine.parameters import Parameters
from engine.program import Program
from engine.spec import CATALOGUE
from engine.timeline import Moment, Timeline, capture, twin
from engine.train import Trainer
from tests.engine.runs import DROPOUT, HIDDEN, OUTPUT, experiment, go, rows, same


def recorded(trainer, epochs, each="epoch", **bounds):
    """Train with a time line, as a run does: a moment may be kept for the start and for every row."""
    line, seq = Timeline(**bounds), 1
    line.offer(trainer, seq)
    for event in trainer.events(each):
        if isinstance(event, Epoch):
            seq += 1
            line.offer(trainer, seq)
            if seq > epochs:
                return line


@pytest.mark.parametrize("optimizer", ["sgd", {"type": "sgd", "momentum": 0.9}, "adam", "adadelta"])
def test_a_run_goes_on_from_any_moment_bit_for_bit(optimizer):
    made = experiment(HIDDEN, DROPOUT, OUTPUT, optimizer=optimizer, schedule={"type": "exponential_decay"})
    straight = rows(Trainer(made), 12)
    line = recorded(Trainer(made), 8)
    assert [m.epoch for m in line.moments] == list(range(9))
    for moment in line.moments:
        same(rows(Trainer.restore(made, moment.checkpoint()), 12 - moment.epoch), straight[moment.epoch :])


def test_a_moment_in_the_middle_of_a_batch_is_exact_too():
    made = experiment(HIDDEN, DROPOUT, OUTPUT, optimizer="adam")
    trainer = Trainer(made)
    go(trainer, 13, "sample")
    assert trainer.taken == 3
    moment = capture(trainer, 1)
    same(rows(Trainer.restore(made, moment.checkpoint()), 3, "sample"), rows(trainer, 3, "sample"))


def test_settings_and_frozen_layers_belong_to_the_moment():
    trainer = Trainer(experiment(optimizer="adam"))
    go(trainer, 3)
    trainer.set(learning_rate=0.5, frozen=["hidden"], batch_size=7)
    moment = capture(trainer, 1)
    trainer.set(optimizer="sgd", frozen=[], batch_size=3)
    go(trainer, 9)
    other = twin(trainer)
    moment.restore(other)
    assert (other.training.optimizer.name, other.training.batch_size, other.frozen) == ("adam", 7, ("hidden",))
    assert other.training.optimizer.learning_rate == 0.5
    assert other.update == 3


def test_looking_at_another_moment_disturbs_nothing():
    made = experiment(HIDDEN, DROPOUT, OUTPUT, optimizer="adam")
    quiet, looked_at = rows(Trainer(made), 6), Trainer(made)
    line = recorded(looked_at, 3)
    other = twin(looked_at)
    for moment in line.moments:
        moment.restore(other)
        assert other.row()[2] == (quiet[moment.epoch - 1][2] if moment.epoch else Trainer(made).row()[2])
        other.predict(made_inputs(other))
    other.edit("output", "bias", [0], 1e3)
    same(rows(looked_at, 3), quiet[3:])


def made_inputs(trainer):
    return trainer.data.inputs[trainer.data.test]


@pytest.mark.parametrize("taken", [0, 3])
def test_moments_survive_as_bytes(taken):
    made = experiment(HIDDEN, DROPOUT, OUTPUT, optimizer="adam")
    trainer = Trainer(made)
    go(trainer, 5 + taken, "sample")
    moment = capture(trainer, 4)
    again = Moment.from_bytes(moment.to_bytes())
    assert again.place() == moment.place()
    assert again.checkpoint() == moment.checkpoint()
    same(rows(Trainer.restore(made, again.checkpoint()), 2), rows(trainer, 2))


@settings(max_examples=60)
@given(at=st.integers(0, 10_000), byte=st.integers(0, 255), cut=st.booleans())
def test_damaged_bytes_are_refused_in_words(at, byte, cut):
    stored = STORED[: at % len(STORED)]
    stored = stored if cut else stored + bytes([byte]) + STORED[len(stored) + 1 :]
    try:
        moment = Moment.from_bytes(stored)
        twin_of_stored = Trainer(experiment(optimizer="adam"))
        with np.errstate(all="ignore"):
            moment.restore(twin_of_stored)
    except PlaygroundError:
        return


STORED = capture(Trainer(experiment(optimizer="adam")), 1).to_bytes()


@settings(max_examples=40, deadline=None)
@given(entries=st.integers(1, 9), many=st.integers(1, 200))
def test_moments_stay_even_and_few(entries, many):
    trainer, line = TRAINER, Timeline(entries=entries)
    for seq in range(1, many + 1):
        line.offer(trainer, seq)
        kept = [m.seq for m in line.moments]
        assert len(kept) <= entries
        assert kept == list(range(1, seq + 1, line.stride))
        assert line.size == sum(m.size for m in line.moments)
    assert len(kept) > min(many, entries) // 2 - 1


TRAINER = Trainer(experiment())


def test_bytes_are_bounded_and_the_start_is_always_there():
    line = Timeline(size=5 * capture(TRAINER, 1).size + 1)
    for seq in range(1, 100):
        line.offer(TRAINER, seq)
        assert line.size <= line.most
    assert line.moments[0].seq == 1
    tiny = Timeline(size=1)
    for seq in range(1, 100):
        tiny.offer(TRAINER, seq)
    assert [m.seq for m in tiny.moments] == [1]


def test_a_small_run_of_any_length_takes_less_than_half_a_megabyte():
    from engine.experiment import Experiment

    trainer, line = Trainer(Experiment.from_json({})), Timeline()
    for seq in range(1, 3000):
        line.offer(trainer, seq)
    assert 128 <= len(line.moments) <= 256
    assert line.size < 500_000


def test_nearest_is_nearest():
    trainer = Trainer(experiment())
    line = recorded(trainer, 10)
    per_epoch = trainer.update // 10
    assert line.nearest(3 * per_epoch).epoch == 3
    assert line.nearest(3 * per_epoch + 1).epoch == 3
    assert line.nearest(10**9).epoch == 10
    assert line.nearest(0).seq == 1
    assert Timeline().nearest(5) is None


def test_a_line_that_begins_in_the_middle_keeps_its_beginning():
    trainer, line = Trainer(experiment()), Timeline(entries=5)
    for seq in range(17, 90):
        line.offer(trainer, seq)
    assert [m.seq for m in line.moments] == list(range(17, 90, line.stride))


def test_a_line_made_of_kept_moments_goes_on_where_it_was():
    trainer, line = Trainer(experiment()), Timeline(entries=8)
    for seq in range(1, 40):
        line.offer(trainer, seq)
    again = Timeline(entries=8, moments=line.moments)
    assert (again.stride, again.size) == (line.stride, line.size)
    for seq in range(40, 90):
        line.offer(trainer, seq)
        again.offer(trainer, seq)
    assert [m.seq for m in again.moments] == [m.seq for m in line.moments]


@pytest.mark.parametrize("name", CATALOGUE["layer"])
def test_a_layer_that_draws_random_numbers_says_so(name):
    """A moment leaves the stream of noise out where no layer says that it draws from it."""
    cls = CATALOGUE["layer"][name]
    for example in cls.examples:
        params, shapes = example[0], example[1:]
        if cls.merges:
            continue  # they read several layers
        network = Network.from_json({"layers": [{"id": "it", "type": name, **params}]}, tuple(shapes[0]))
        weights = Parameters(network)
        rng = np.random.default_rng(1)
        program = Program(network, weights, batch=2, gradients=weights.like(), rng=rng)
        if program.draws:
            assert network.nodes[0].layer.draws_noise
