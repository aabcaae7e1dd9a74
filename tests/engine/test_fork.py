"""Forks go on exactly where nothing was changed, and carry over all that fits where something was."""

import numpy as np
import pytest

from engine.errors import PlaygroundError, SpecError
from engine.experiment import Experiment
from engine.fork import fork, planned
from engine.patch import merge, patched
from engine.timeline import capture, twin
from engine.train import Trainer
from tests.engine.runs import DROPOUT, HIDDEN, OUTPUT, experiment, go, rows, same


def forked(trainer, changes=None):
    """A fork of the trainer's present moment, as a run makes it: through a moment, and restored from bytes."""
    past = twin(trainer)
    capture(trainer, 1).restore(past)
    made = planned(past, changes or {})
    found = fork(past, made, changes or {})
    return Trainer.restore(made, found.trainer.state()), found


def trained(updates=23, **settings):
    t = Trainer(experiment(HIDDEN, DROPOUT, OUTPUT, **{"optimizer": "adam", **settings}))
    go(t, updates)
    return t


@pytest.mark.parametrize("updates", [0, 5, 23])  # the start, an epoch's end, in the middle of an epoch
def test_without_a_change_it_goes_on_bit_for_bit(updates):
    parent = trained(updates, schedule={"type": "exponential_decay"})
    child, found = forked(parent)
    assert found.exact
    same(child.packed(), parent.packed())
    same(rows(child, 5), rows(parent, 5))


def test_in_the_middle_of_a_batch_too():
    parent = trained(2)
    go(parent, 3, "sample")
    child, _ = forked(parent)
    same(rows(child, 3, "sample"), rows(parent, 3, "sample"))


@pytest.mark.parametrize(
    "changes, settings",
    [
        ({"learning_rate": 0.3}, {"learning_rate": 0.3}),
        ({"batch_size": 7}, {"batch_size": 7}),
        ({"training": {"batch_size": 7}}, {"batch_size": 7}),
        ({"optimizer": "sgd"}, {"optimizer": "sgd"}),
        ({"regularizer": {"type": "l2", "rate": 0.1}, "frozen": ["hidden"]},
         {"regularizer": {"type": "l2", "rate": 0.1}, "frozen": ["hidden"]}),
    ],
)  # fmt: skip
def test_with_another_setting_it_is_as_if_the_setting_had_been_changed_in_the_run(changes, settings):
    parent = trained()
    child, found = forked(parent, changes)
    assert found.exact
    parent.set(**settings)
    same(rows(child, 4), rows(parent, 4))


def test_settings_changed_in_the_run_before_are_kept():
    parent = trained()
    parent.set(learning_rate=0.5, frozen=["output"])
    child, _ = forked(parent)
    assert child.training.optimizer.learning_rate == 0.5
    assert child.frozen == ("output",)
    same(rows(child, 3), rows(parent, 3))


def test_another_activation_keeps_every_weight_order_and_memory():
    parent = trained()
    child, found = forked(parent, {"network": {"layers": {"hidden": {"activation": "relu"}}}})
    assert not found.exact
    assert found.fresh == ()
    same(child.packed(), parent.packed())
    same(child.order, parent.order)
    for name, slot in parent.optimizer.slots.items():
        same(child.optimizer.slots[name], slot)
    assert (child.epoch, child.update, child.position) == (parent.epoch, parent.update, parent.position)
    assert child.learning_rate() == parent.learning_rate()
    go(child, 3)


def test_more_neurons_keep_what_fits():
    parent = trained()
    child, found = forked(parent, {"network": {"layers": {"hidden": {"units": 5}}}})
    assert set(found.fresh) == {"hidden.kernel", "hidden.bias", "output.kernel"}
    same(child.weights()["output"]["bias"], parent.weights()["output"]["bias"])
    rows(child, 2)


def test_a_layer_taken_out_and_its_weights_go():
    parent = trained()
    child, found = forked(parent, {"network": {"layers": {"drop": None}}})
    assert [node.id for node in child.network.nodes] == ["hidden", "output"]
    assert found.fresh == ()
    rows(child, 2)


def test_other_data_keeps_weights_and_order():
    parent = trained()
    child, found = forked(parent, {"data": {"noise": 40}})
    assert found.fresh == ()
    same(child.packed(), parent.packed())
    same(child.order, parent.order)
    assert not np.array_equal(child.data.targets, parent.data.targets)
    more, _ = forked(parent, {"data": {"samples": 100}})
    assert sorted(more.order) == list(range(50))
    assert more.position == 0
    rows(more, 2)


def test_another_seed_is_another_order_from_the_same_weights():
    parent = trained()
    child, _ = forked(parent, {"seed": 77})
    same(child.packed(), parent.packed())
    assert not np.array_equal(child.order, parent.order)


def test_the_parent_is_not_touched():
    parent, quiet = trained(), trained()
    for changes in ({}, {"learning_rate": 3}, {"network": {"layers": {"hidden": {"units": 5}}}}, {"seed": 5}):
        rows(forked(parent, changes)[0], 2)
    same(rows(parent, 3), rows(quiet, 3))


@pytest.mark.parametrize(
    "changes, where",
    [
        ({"colour": 1}, "colour"),
        ({"learning_rate": -1}, "training.optimizer.learning_rate"),
        ({"batch_size": 10**6}, "training.batch_size"),
        ({"network": {"layers": {"nobody": {"units": 3}}}}, "network.layers.nobody"),
        ({"network": {"layers": {"output": {"units": 3}}}}, "network.layers.output.units"),
        ({"network": {"layers": {"output": None}}}, "network.layers.drop"),
        ({"data": {"noise": 99}}, "data.noise"),
        ({"network": 5}, "network.layers"),
        ({"training": 5}, "training"),
        ({"frozen": ["nobody"]}, "frozen"),
        (5, ""),
    ],
)
def test_a_change_that_can_not_be_is_refused_at_its_field(changes, where):
    past = trained()
    with pytest.raises(PlaygroundError) as caught:
        fork(past, planned(past, changes), changes)
    assert caught.value.where == where, caught.value


def test_changes_of_an_experiment():
    spec = Experiment.from_json({}).to_json()
    assert patched(spec, {}) == spec
    other = patched(spec, {"training": {"optimizer": "adam"}, "learning_rate": 0.5})
    with pytest.raises(SpecError):
        Experiment.from_json(patched(spec, {"training": {"optimizer": "adam"}, "data": 4}))
    assert other["training"]["optimizer"] == {"learning_rate": 0.5}  # named by `type` it would have been merged
    made = patched(spec, {"training": {"optimizer": {"type": "adam"}}, "learning_rate": 0.5})
    assert made["training"]["optimizer"] == {"type": "adam", "learning_rate": 0.5}
    assert spec == Experiment.from_json({}).to_json(), "the old one is not touched"


def test_merging_follows_rfc_7396_but_for_types():
    assert merge({"a": 1, "b": {"c": 2, "d": 3}}, {"b": {"c": None, "e": 4}}) == {"a": 1, "b": {"d": 3, "e": 4}}
    assert merge({"type": "sgd", "momentum": 0.9}, {"type": "adam"}) == {"type": "adam"}
    assert merge({"type": "sgd", "momentum": 0.9}, {"learning_rate": 1}) == {
        "type": "sgd",
        "momentum": 0.9,
        "learning_rate": 1,
    }
    assert merge({"a": 1}, "name") == "name"
