"""`playground data`: fetch the data sets that are too large to come along, and say which are here."""

from pathlib import Path
from typing import Any

import click

FOLDER = click.option("--data-dir", type=click.Path(file_okay=False, path_type=Path), help="The server's data folder.")


@click.group()
def data() -> None:
    """Data sets that have to be fetched once: MNIST and Fashion-MNIST."""


@data.command()
@click.argument("names", nargs=-1, required=True, metavar="mnist|fashion-mnist")
@FOLDER
def fetch(names: tuple[str, ...], data_dir: Path | None) -> None:
    """Fetch data sets into the data folder; the page has them as soon as it is loaded again."""
    from app import fetching
    from engine.errors import PlaygroundError

    settings = _settings(data_dir)
    chosen = [fetching.SETS.get(name.replace("_", "-").lower()) for name in names]
    for name, wanted in zip(names, chosen, strict=True):
        if wanted is None:
            raise click.ClickException(
                f"There is no data set {name!r} to fetch. Choose from: {', '.join(fetching.SETS)}."
            )
    for wanted in filter(None, chosen):
        place = settings.datasets
        with click.progressbar(length=wanted.size, label=f"{wanted.label}, {_megabytes(wanted.size)}") as bar:
            try:
                fetched = fetching.fetch(wanted, place, settings.data_mirrors, progress=bar.update)
            except PlaygroundError as error:
                raise click.ClickException(f"{error.message}\n{error.fix}") from None
            except KeyboardInterrupt:
                raise click.ClickException("Stopped. What came is kept: the same command goes on from there.") from None
            except OSError as error:
                raise click.ClickException(f"{place / wanted.name} cannot be written: {error.strerror}.") from None
        click.echo(f"{wanted.label} is in {place / wanted.name}{'' if fetched else ', and was there already'}.")


@data.command("list")
@FOLDER
def list_sets(data_dir: Path | None) -> None:
    """Say which data sets are in the data folder."""
    from app import fetching

    folder = _settings(data_dir).datasets
    for wanted in fetching.SETS.values():
        here = fetching.present(wanted, folder)
        missing = [file.name for file in wanted.files if file not in here]
        if not missing:
            state = f"here, in {folder / wanted.name}"
        elif here:
            state = f"here but for {', '.join(missing)}; get them: playground data fetch {wanted.command}"
        else:
            state = f"not here ({_megabytes(wanted.size)}); get it: playground data fetch {wanted.command}"
        click.echo(f"{wanted.label:<14} {state}")
    own = folder / "own"
    kept = sum(1 for place in own.iterdir() if not place.name.startswith(".")) if own.is_dir() else 0
    click.echo(f"{'Uploaded':<14} {kept} data set{'' if kept == 1 else 's'} of visitors' own")


def _settings(data_dir: Path | None) -> Any:
    from app.cli import read_settings

    return read_settings({} if data_dir is None else {"data_dir": data_dir})


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.0f} MB"
