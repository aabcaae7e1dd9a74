"""An export from start to end, as one call that another process can do: nothing of it needs the server."""

from typing import Any

from app.exchange.formats import FORMATS, File
from app.exchange.moments import snapshot_of, trainer_of
from engine.datasets import files
from engine.train import Trainer

DRAWING = "svg"


def made(format: str, names: str, about: dict[str, Any], packed: bytes, datasets: str) -> File:
    """A run as a file. about: its spec, settings, seed and epoch; packed: its weights; datasets: the folder of files.

    Raises PlaygroundError.
    """
    files.set_folder(datasets)
    run = (about["spec"], about["settings"], packed)
    place = {"seed": about["seed"], "epoch": about["epoch"]}
    if format == DRAWING:
        return _drawing(trainer_of(*run, **place))
    return FORMATS[format](snapshot_of(*run, **place), names)


def _drawing(trainer: Trainer) -> File:
    from app.exchange.drawing import draw_network  # a library of pictures, which nothing else needs

    data = trainer.experiment.data.part
    moment = f"epoch {trainer.epoch:,}" if trainer.epoch else "before training"
    picture = draw_network(trainer, f"{data.label}, {moment}")
    return File(f"{data.name}_network.svg", "image/svg+xml", picture)
