"""A large batch is cut into pieces for several threads: the same numbers, bit for bit, and nothing is left running."""

import gc
import threading

import numpy as np
import pytest

from engine import batch, evaluate
from engine.batch import cut
from engine.crew import BUFFER, Crew
from engine.events import Step
from engine.experiment import Experiment
from engine.network import Network
from engine.train import Trainer

CONV = {"type": "conv2d", "filters": 16, "kernel_size": 3, "padding": "same", "activation": "relu"}
POOL = {"type": "max_pool2d"}
LAYERS = [CONV, CONV, POOL, {"type": "dropout", "rate": 0.2}, {"type": "flatten"}]
HEAD = [{"type": "dense", "units": 10, "activation": "softmax"}]


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch):
    """Networks small enough for a test count as large."""
    monkeypatch.setattr(batch, "WORK", 100_000)


def experiment(*layers, **training) -> Experiment:
    settings = {"loss": "categorical_cross_entropy", "optimizer": "adam", "batch_size": 64, **training}
    network = {"layers": [*(layers or LAYERS), *HEAD]}
    return Experiment.from_json({"data": {"type": "digits"}, "network": network, "training": settings})


def trained(trainer: Trainer, updates: int) -> Trainer:
    events = trainer.events("update")
    while updates:
        updates -= isinstance(next(events), Step)
    return trainer


def helpers() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if thread.name == "crew"}


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
def test_one_and_two_and_three_threads_give_the_same_bits(size):
    made = experiment(batch_size=size)
    assert len(cut(made.network, size)) > 1
    one, *more = (trained(Trainer(made, threads=n), 4) for n in (1, 2, 3))
    for trainer in more:
        np.testing.assert_array_equal(one.parameters.flat, trainer.parameters.flat)
        assert one.gradient_norm == trainer.gradient_norm


def test_pieces_add_up_to_the_gradient_of_the_whole_batch():
    layers = [layer for layer in LAYERS if layer["type"] != "dropout"]
    trainer = Trainer(experiment(*layers), np.float64, threads=2)
    program = trainer.program(64, 64)
    program.load(trainer.x, trainer.order[:64], trainer.y)
    program.run()
    whole = trainer.gradients.flat.copy()
    trained(trainer, 1)
    again = Trainer(experiment(*layers), np.float64, threads=2)
    again.optimizer.apply = lambda *_: None  # leaves the gradient as it is
    trained(again, 1)
    np.testing.assert_allclose(again.gradients.flat, whole, rtol=1e-9, atol=1e-12)


def test_two_threads_go_on_from_a_checkpoint_of_one():
    made = experiment()
    one = trained(Trainer(made), 2)
    two = Trainer.restore(made, one.state())
    two.crew = Crew(2)
    np.testing.assert_array_equal(trained(one, 2).parameters.flat, trained(two, 2).parameters.flat)


def test_helping_threads_start_when_needed_and_end_with_their_trainer():
    before = helpers()
    trainer = Trainer(experiment(), threads=2)
    assert not helpers() - before
    trained(trainer, 2)
    (helper,) = helpers() - before
    del trainer
    gc.collect()
    helper.join(5)
    assert not helper.is_alive()


def test_a_small_net_never_starts_a_thread():
    before = helpers()
    trained(Trainer(Experiment.from_json({}), threads=2), 3)
    assert not helpers() - before


def test_an_error_in_a_helping_thread_reaches_the_caller_and_the_crew_goes_on():
    crew, done = Crew(2), []

    def fail() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        crew.run([[(done.append, 1)], [(fail,)]])
    crew.run([[(done.append, 2)], [(done.append, 3)]])
    assert sorted(done) == [1, 2, 3]


def test_numpy_settings_hold_in_the_helping_thread_and_are_put_back():
    seen, usual = [], np.getbufsize()
    Crew(2).run([[], [(lambda: seen.append(np.getbufsize()),)]])
    assert seen == [BUFFER]
    assert np.getbufsize() == usual


def test_judging_does_not_depend_on_the_number_of_threads(monkeypatch):
    monkeypatch.setattr(evaluate, "PIECE", 100_000)
    one, two = (trained(Trainer(experiment(), threads=n), 2) for n in (1, 2))
    assert len(two.evaluator.pieces) > 2
    np.testing.assert_array_equal(one.row(), two.row())
    assert one.evaluate()["confusion"] == two.evaluate()["confusion"]
