"""Reference losses of every optimizer, computed once by PyTorch, so that they are guarded where it is missing.

    python -m tests.engine.trajectories        writes data/trajectories.json anew (needs PyTorch)

Data and first weights come from a formula, not from this engine's random numbers.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from engine.events import Step
from engine.experiment import Experiment
from engine.spec import CATALOGUE, params
from engine.train import Trainer
from tests.engine.scaffold import case_id, given_data, part_cases

FILE = Path(__file__).parent / "data" / "trajectories.json"
UPDATES, BATCH = 50, 7
LAYERS = [{"type": "dense", "units": 5, "activation": "tanh"}, {"type": "dense", "units": 1}]
OFF_DEFAULT = {"learning_rate": 0.02, "epsilon": 0.01, "rho": 0.7, "momentum": 0.6, "beta1": 0.7, "beta2": 0.8}
OFF_DEFAULT |= {"weight_decay": 0.2}


def optimizer_cases() -> list[tuple[str, dict[str, Any]]]:
    """Every example, and each optimizer with its numbers off their defaults: a misplaced tiny ε shows in no loss."""
    cases = part_cases("optimizer")
    for name, cls in CATALOGUE["optimizer"].items():
        cases.append((name, {p.name: OFF_DEFAULT[p.name] for p in params(cls) if p.name in OFF_DEFAULT}))
    return cases


def key(name: str, parameters: dict[str, Any]) -> str:
    """A case's name in the file."""
    return f"{name} {case_id(parameters)}"


def start(data: str, name: str, parameters: dict[str, Any]) -> Trainer:
    """A trainer in float64 at the start of a case."""
    training = {"optimizer": {"type": name, **parameters}, "batch_size": BATCH, "shuffle": False}
    spec = {"data": data, "network": {"layers": LAYERS}, "training": training}
    trainer = Trainer(Experiment.from_json(spec), np.float64)
    for k, view in enumerate(a for named in trainer.parameters.named.values() for a in named.values()):
        view[...] = 0.6 * np.sin(1.7 * np.arange(view.size) + k).reshape(view.shape)
    return trainer


def our_losses(name: str, parameters: dict[str, Any]) -> list[float]:
    """The training loss after each of the updates, by this engine."""
    with given_data((3,)) as data:
        trainer = start(data, name, parameters)
        steps: Iterator[Any] = (event for event in trainer.events("update") if isinstance(event, Step))
        return [float(trainer.row()[2]) for _, _ in zip(range(UPDATES), steps, strict=False)]


def torch_losses(name: str, parameters: dict[str, Any]) -> list[float]:
    """The same by PyTorch."""
    import torch

    from tests.engine.torch_reference import Mode, Twin

    with given_data((3,)) as data:
        trainer = start(data, name, parameters)
        twin, part, losses = Twin(trainer), trainer.data.train, []
        x = torch.tensor(trainer.data.inputs[part], dtype=torch.float64)
        t = torch.tensor(trainer.coding.encode(trainer.data.targets[part]))
        batches = [slice(lo, lo + BATCH) for lo in range(0, len(x), BATCH)]
        mode = Mode(False, np.random.default_rng(0))
        for k in range(UPDATES):
            batch = batches[k % len(batches)]
            twin.update(x[batch], t[batch], mode.rng)
            losses.append(float(twin.loss(x, t, mode).detach()))
        return losses


def stored() -> dict[str, list[float]]:
    """What the file holds."""
    return json.loads(FILE.read_text(encoding="utf-8"))


if __name__ == "__main__":
    made = {key(*case): [float(f"{loss:.12g}") for loss in torch_losses(*case)] for case in optimizer_cases()}
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(losses)}" for name, losses in made.items())
    FILE.write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")
