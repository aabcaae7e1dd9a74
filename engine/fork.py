"""Forks: another run that goes on from a moment of a run, with something changed.

Without a change, or with changes of what may change during a run anyway, it goes on exactly: same weights, optimizer's
memory, order and random numbers. Where the experiment itself changes, everything that still fits is carried over: each
weight whose layer, name and shape are the same, and its share of the optimizer's memory.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from engine.experiment import Experiment
from engine.optimizer_state import OptimizerState
from engine.parameters import Parameters
from engine.patch import live_settings, patched

if TYPE_CHECKING:
    from engine.train import Trainer


@dataclass(frozen=True)
class Fork:
    """exact: nothing but live settings differ. fresh: weights that could not be carried over, as `layer.name`."""

    trainer: "Trainer"
    exact: bool
    fresh: tuple[str, ...]


def planned(past: "Trainer", changes: dict[str, Any]) -> Experiment:
    """The experiment that a trainer follows now, with these changes. Raises PlaygroundError."""
    now = replace(past.experiment, seed=past.seed, training=past.training)
    return Experiment.from_json(patched(now.to_json(), changes))


def fork(past: "Trainer", experiment: Experiment, changes: dict[str, Any]) -> Fork:
    """Go on from where `past` is with `planned(past, changes)`. `past` is used up. Raises PlaygroundError."""
    frozen = changes.get("frozen", list(past.frozen))
    if _same_but_live(past, experiment):
        settings = experiment.training.to_json()
        past.set(frozen=frozen, **{name: settings[name] for name in live_settings()})
        past.experiment = experiment
        return Fork(past, True, ())
    child, fresh = graft(past, experiment)
    child.set(frozen=[id for id in frozen if id in child.parameters.segments] if "frozen" not in changes else frozen)
    return Fork(child, False, fresh)


def graft(past: "Trainer", experiment: Experiment) -> tuple["Trainer", tuple[str, ...]]:
    """A trainer of another experiment with all of `past` that fits it; and the weights that are new."""
    child = type(past)(experiment, past.dtype)
    old = dict(past.parameters.arrays())
    fits = {
        (id, name): old[id][name][0]
        for id, arrays in child.parameters.arrays()
        for name, (array, _) in arrays.items()
        if id in old and name in old[id] and old[id][name][0].shape == array.shape
    }
    fresh = []
    for id, arrays in child.parameters.arrays():
        for name, (array, _) in arrays.items():
            if (id, name) in fits:
                array[...] = fits[id, name]
            else:
                fresh.append(f"{id}.{name}")
    child.epoch, child.update = past.epoch, past.update
    if experiment.seed == past.seed and child.samples == past.samples:
        child.order[:] = past.order
        child.position = past.position
        child._order_rng.bit_generator.state = past._order_rng.bit_generator.state
        child._noise_rng.bit_generator.state = past._noise_rng.bit_generator.state
    if experiment.training.optimizer.name == past.training.optimizer.name:
        slots = {name: _carried(slot, past, child) for name, slot in past.optimizer.slots.items()}
        child.use_optimizer(OptimizerState(child, slots, past.optimizer.since))
    else:
        child.use_optimizer(OptimizerState(child))
    if experiment.training.schedule == past.training.schedule:
        child.schedule_memory = dict(past.schedule_memory)
    return child, tuple(fresh)


def _carried(slot: Any, past: "Trainer", child: "Trainer") -> Any:
    """An optimizer's memory in the form of another network's weights; zero for those that are new."""
    before, after = Parameters(past.network, past.dtype), Parameters(child.network, child.dtype)
    before.flat[:] = slot
    for id, named in after.named.items():
        for name, view in named.items():
            source = before.named.get(id, {}).get(name)
            if source is not None and source.shape == view.shape:
                view[...] = source
    return after.flat


def _same_but_live(past: "Trainer", experiment: Experiment) -> bool:
    before = past.experiment
    still = replace(past.training, **{name: getattr(experiment.training, name) for name in live_settings()})
    return (experiment.seed, experiment.data, experiment.network) == (
        past.seed,
        before.data,
        before.network,
    ) and experiment.training == still
