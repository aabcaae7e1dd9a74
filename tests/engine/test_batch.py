"""A large batch is cut into pieces for several cores: the same numbers, bit for bit, and nothing is left running."""

import gc
import os
import signal
from contextlib import suppress
from pathlib import Path

import numpy as np
import psutil
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import batch, evaluate
from engine.batch import cut
from engine.crew import BUFFER, FORKS, Crew, Job, Phase
from engine.events import Step
from engine.experiment import Experiment
from engine.network import Network
from engine.train import Trainer
from tests.tools.waiting import PATIENCE

CONV = {"type": "conv2d", "filters": 16, "kernel_size": 3, "padding": "same", "activation": "relu"}
POOL = {"type": "max_pool2d"}
LAYERS = [CONV, CONV, POOL, {"type": "dropout", "rate": 0.2}, {"type": "flatten"}]
HEAD = [{"type": "dense", "units": 10, "activation": "softmax"}]


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch):
    """Networks small enough for a test count as large."""
    monkeypatch.setattr(batch, "WORK", 100_000)


needs_forks = pytest.mark.skipif(not FORKS, reason="helping processes are for Linux")


def experiment(*layers, **training) -> Experiment:
    settings = {"loss": "categorical_cross_entropy", "optimizer": "adam", "batch_size": 64, **training}
    network = {"layers": [*(layers or LAYERS), *HEAD]}
    return Experiment.from_json({"data": {"type": "digits"}, "network": network, "training": settings})


def trained(trainer: Trainer, updates: int) -> Trainer:
    events = trainer.events("update")
    while updates:
        updates -= isinstance(next(events), Step)
    return trainer


def helpers() -> set[int]:
    """The processes that this one has forked and not yet ended, besides those of trainers that nobody has any more."""
    gc.collect()
    tasks = Path("/proc/self/task").iterdir()
    return {int(pid) for task in tasks for pid in (task / "children").read_text().split()}


def test_a_convolution_net_is_cut_and_a_small_net_is_not():
    net = experiment().network
    pieces = cut(net, 64)
    assert len(pieces) == 4
    assert pieces[0].start == 0
    assert pieces[-1].stop == 64
    assert len(cut(net, 16)) == 1
    small = Network.from_json({"layers": [{"type": "dense", "units": 8}, {"type": "dense", "units": 1}]}, (2,))
    assert len(cut(small, 100)) == 1


def test_a_layer_that_mixes_samples_sees_the_batch_as_a_whole():
    assert len(cut(experiment(CONV, {"type": "batch_norm"}, {"type": "flatten"}).network, 64)) == 1


@pytest.mark.parametrize("size", [64, 50, 35])
def test_one_and_two_and_three_cores_give_the_same_bits(size):
    made = experiment(batch_size=size)
    assert len(cut(made.network, size)) > 1
    one, *more = (trained(Trainer(made, cores=n), 4) for n in (1, 2, 3))
    for trainer in more:
        np.testing.assert_array_equal(one.parameters.flat, trainer.parameters.flat)
        assert one.gradient_norm == trainer.gradient_norm


def test_pieces_add_up_to_the_gradient_of_the_whole_batch():
    layers = [layer for layer in LAYERS if layer["type"] != "dropout"]
    trainer = Trainer(experiment(*layers), np.float64, cores=2)
    program = trainer.program(64, 64)
    program.load(trainer.x, trainer.order[:64], trainer.y)
    program.run()
    whole = trainer.gradients.flat.copy()
    trained(trainer, 1)
    again = Trainer(experiment(*layers), np.float64, cores=2)
    again.optimizer.steps = lambda part: []  # leaves the gradient as it is
    trained(again, 1)
    np.testing.assert_allclose(again.gradients.flat, whole, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(
    "optimizer", ["adam", "adamw", "adagrad", "rmsprop", "adadelta", {"type": "sgd", "momentum": 0.9}]
)
def test_cores_share_out_every_optimizer_with_penalty_clipping_and_frozen_layers(optimizer):
    settings = {"regularizer": "l2", "clip_norm": 0.5, "clip_value": 0.1, "batch_size": 40, "optimizer": optimizer}
    made = experiment(**settings)
    one, two = Trainer(made), Trainer(made, cores=2)
    for trainer in (one, two):
        trainer.set(frozen=["layer2"])
        trained(trainer, 3)
        trainer.set(learning_rate=0.002, frozen=[])  # taken up between two updates
        trainer.edit("layer1", "bias", [0], 0.25)
        trained(trainer, 3)
    np.testing.assert_array_equal(one.parameters.flat, two.parameters.flat)
    assert one.gradient_norms == two.gradient_norms
    for name, slot in one.optimizer.slots.items():
        np.testing.assert_array_equal(slot, two.optimizer.slots[name])


def test_two_cores_go_on_from_a_checkpoint_of_one_and_back():
    made = experiment()
    one = trained(Trainer(made), 2)
    two = Trainer.restore(made, one.state(), cores=2)
    np.testing.assert_array_equal(trained(one, 2).parameters.flat, trained(two, 2).parameters.flat)
    again = Trainer.restore(made, two.state())
    np.testing.assert_array_equal(trained(one, 2).parameters.flat, trained(again, 2).parameters.flat)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(at=st.integers(0, 11), cores=st.tuples(*[st.sampled_from((1, 2))] * 3), size=st.sampled_from((64, 50)))
def test_in_one_piece_or_saved_at_any_update_and_restored_on_any_number_of_cores(at, cores, size):
    made = experiment(batch_size=size)
    straight, first = Trainer(made, cores=cores[0]), Trainer(made, cores=cores[1])
    trained(first, at)
    second = Trainer.restore(made, first.state(), cores=cores[2])
    trained(straight, 12), trained(second, 12 - at)
    np.testing.assert_array_equal(straight.parameters.flat, second.parameters.flat)
    np.testing.assert_array_equal(straight.row(), second.row())


@needs_forks
def test_a_helping_process_starts_when_needed_and_ends_with_its_trainer():
    before = helpers()
    trainer = Trainer(experiment(), cores=2)
    assert helpers() == before
    trained(trainer, 2)
    assert len(helpers() - before) == 1
    trainer.set(learning_rate=0.1)
    trained(trainer, 2)
    assert len(helpers() - before) == 1
    del trainer
    assert helpers() == before


@needs_forks
def test_a_small_net_never_starts_a_process():
    before = helpers()
    trained(Trainer(Experiment.from_json({}), cores=2), 3)
    assert helpers() == before


def fail() -> None:
    raise ValueError("no")


@needs_forks
def test_an_error_in_a_helping_process_reaches_the_caller():
    job = Job([Phase([], [[], [(fail,)]])])
    for _ in range(2):
        with pytest.raises(RuntimeError, match="ValueError: no"):
            job.run()


@needs_forks
def test_a_helping_process_that_is_killed_ends_the_update_and_the_next_one_has_a_new_helper():
    seen = Crew(2).zeros(1, np.int64)
    job = Job([Phase([], [[], [(lambda: seen.__iadd__(1),)]])])
    before = helpers()
    job.run()
    (helper,) = helpers() - before
    os.kill(helper, signal.SIGKILL)
    with pytest.raises(RuntimeError, match="ended from outside"):
        job.run()
    job.run()
    assert seen[0] == 2


@needs_forks
def test_an_error_of_the_callers_own_leaves_no_helper_waiting():
    before = helpers()
    job = Job([Phase([], [[(fail,)], []]), Phase([], [[], []])])
    with pytest.raises(ValueError, match="no"):
        job.run()
    assert helpers() == before


@needs_forks
def test_a_helping_process_ends_when_its_parent_is_killed():
    """The parent is killed in the middle; its helper notices and goes."""
    reading, writing = os.pipe()
    parent = os.fork()
    if parent == 0:
        job = Job([Phase([], [[], []])])
        job.run()
        os.write(writing, str(next(iter(helpers()))).encode())
        os.kill(os.getpid(), signal.SIGKILL)
    os.close(writing)
    helper = int(os.read(reading, 20))
    os.waitpid(parent, 0)
    assert os.read(reading, 1) == b""  # the last one to hold the other end is gone
    os.close(reading)
    with suppress(psutil.NoSuchProcess):
        psutil.Process(helper).wait(PATIENCE)  # its files are closed a moment before it is gone
    assert not Path(f"/proc/{helper}").exists() or "Z" in Path(f"/proc/{helper}/stat").read_text().split(")")[1]


@needs_forks
def test_numpy_settings_hold_in_the_helping_process_and_are_put_back():
    seen, usual = Crew(2).zeros(1, np.int64), np.getbufsize()
    Job([Phase([], [[], [(lambda: np.copyto(seen, np.getbufsize()),)]])]).run()
    assert seen[0] == BUFFER
    assert np.getbufsize() == usual


def test_where_processes_can_not_fork_one_does_all_the_work(monkeypatch):
    made = experiment()
    two = trained(Trainer(made, cores=2), 3)
    monkeypatch.setattr("engine.crew.FORKS", False)
    alone = Trainer(made, cores=2)
    assert alone.crew.size == 1
    np.testing.assert_array_equal(trained(alone, 3).parameters.flat, two.parameters.flat)


def test_judging_sees_running_statistics_as_they_are_now_on_any_number_of_cores(monkeypatch):
    monkeypatch.setattr(evaluate, "PIECE", 100_000)
    made = experiment(CONV, {"type": "batch_norm"}, {"type": "flatten"})
    one, two = Trainer(made), Trainer(made, cores=2)
    assert len(two.evaluator.pieces) > 2
    for _ in range(3):  # a helper that judges has been there since the first time
        np.testing.assert_array_equal(trained(one, 2).row(), trained(two, 2).row())


def test_judging_does_not_depend_on_the_number_of_cores(monkeypatch):
    monkeypatch.setattr(evaluate, "PIECE", 100_000)
    one, two = (trained(Trainer(experiment(), cores=n), 2) for n in (1, 2))
    assert len(two.evaluator.pieces) > 2
    np.testing.assert_array_equal(one.row(), two.row())
    assert one.evaluate()["confusion"] == two.evaluate()["confusion"]
