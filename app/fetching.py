"""Data sets fetched on request: file by file from one of several servers, checked, and gone on with where it broke off.

What is not finished lies beside as `….part`. A file is only put in its place when its checksum is the published one.
"""

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx2

from engine.errors import PlaygroundError

TRIES = 4  # in a row that bring nothing new, over all servers
PATIENCE = 30.0  # seconds without a byte


@dataclass(frozen=True)
class Published:
    """One file as it was published."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Set:
    """A data set: its folder's name, where it is found, its files."""

    name: str
    label: str
    servers: tuple[str, ...]
    files: tuple[Published, ...]

    @property
    def command(self) -> str:
        """Its name in commands and in the addresses of mirrors."""
        return self.name.replace("_", "-")

    @property
    def size(self) -> int:
        return sum(file.size for file in self.files)


NAMES = ("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz",
         "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz")  # fmt: skip


def _files(*facts: tuple[int, str]) -> tuple[Published, ...]:
    return tuple(Published(name, *fact) for name, fact in zip(NAMES, facts, strict=True))


SETS = {
    made.command: made
    for made in (
        Set(
            "mnist",
            "MNIST",
            ("https://ossci-datasets.s3.amazonaws.com/mnist", "https://storage.googleapis.com/cvdf-datasets/mnist"),
            _files(
                (9_912_422, "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
                (28_881, "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
                (1_648_877, "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
                (4_542, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"),
            ),
        ),
        Set(
            "fashion_mnist",
            "Fashion-MNIST",
            (
                "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion",
                "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com",
            ),
            _files(
                (26_421_880, "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"),
                (29_515, "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),
                (4_422_102, "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"),
                (5_148, "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"),
            ),
        ),
    )
}


class NotFetched(PlaygroundError):
    """A file could not be had, or was not the published one."""


def present(wanted: Set, folder: Path) -> list[Published]:
    """The files that are there, whoever put them there."""
    place = folder / wanted.name
    return [f for f in wanted.files if (place / f.name).is_file() or (place / f.name.removesuffix(".gz")).is_file()]


def fetch(
    wanted: Set,
    folder: Path,
    mirrors: Iterable[str] = (),
    *,
    progress: Callable[[int], object] = lambda _: None,
    wait: Callable[[float], object] = time.sleep,
) -> int:
    """Have all files of a set in its folder; answers how many had to be fetched.

    progress is told the bytes that came or were there already, in steps; one that has to be begun anew is taken back.
    Raises NotFetched.
    """
    place = folder / wanted.name
    place.mkdir(parents=True, exist_ok=True)
    servers = [*(f"{mirror.rstrip('/')}/{wanted.command}" for mirror in mirrors), *wanted.servers]
    fetched = 0
    with httpx2.Client(follow_redirects=True, timeout=PATIENCE, headers={"Accept-Encoding": "identity"}) as client:
        for file in wanted.files:
            if _sha256(place / file.name) == file.sha256:
                progress(file.size)
            else:
                _fetch_one(client, file, place, servers, progress, wait)
                fetched += 1
    return fetched


def _fetch_one(
    client: httpx2.Client,
    file: Published,
    place: Path,
    servers: list[str],
    progress: Callable[[int], object],
    wait: Callable[[float], object],
) -> None:
    """From the first server that has it; a connection that breaks is taken up again."""
    part = place / f"{file.name}.part"
    problems: dict[str, str] = {}
    told = _size(part)
    stale = told > 0  # from an earlier time: maybe of another file
    progress(told)
    for server in servers:
        fruitless = 0
        while fruitless < TRIES:
            before = _size(part)
            try:
                for _ in _download(client, f"{server}/{file.name}", part, file.size):
                    progress(_size(part) - told)
                    told = _size(part)
            except httpx2.HTTPStatusError as error:
                problems[server] = f"answers {error.response.status_code}"
                break
            except (httpx2.HTTPError, httpx2.StreamError) as error:
                problems[server] = str(error) or type(error).__name__
            progress(_size(part) - told)
            told = _size(part)
            if told == file.size:
                if _sha256(part) == file.sha256:
                    part.replace(place / file.name)
                    return
                problems[server] = "sends another file: its checksum is not the published one"
            elif told > file.size:
                problems[server] = f"sends more than the {file.size:,} bytes there should be"
            if told >= file.size:
                part.unlink()
                progress(-told)
                told = 0
                if not stale:
                    break
                stale = False  # once more from its beginning
            fruitless = 0 if told > before else fruitless + 1
            if fruitless < TRIES:
                wait(float(fruitless))
    raise _failed(file, place, problems)


def _download(client: httpx2.Client, url: str, part: Path, size: int) -> Iterator[None]:
    """What is still missing of a file, written piece by piece; from the beginning where a server knows no ranges."""
    have = _size(part)
    headers = {"Range": f"bytes={have}-"} if have else {}
    with client.stream("GET", url, headers=headers) as answer:
        if answer.status_code == 416:  # nothing after what is here
            part.unlink(missing_ok=True)
            return
        answer.raise_for_status()
        goes_on = answer.status_code == 206 and answer.headers.get("Content-Range", "").startswith(f"bytes {have}-")
        with part.open("ab" if goes_on else "wb") as out:
            for piece in answer.iter_raw():
                out.write(piece)
                out.flush()
                yield
                if out.tell() > size:
                    return


def _failed(file: Published, place: Path, problems: dict[str, str]) -> NotFetched:
    """What to say when no server would do."""
    said = "; ".join(f"{urlsplit(server).netloc}: {what}" for server, what in problems.items())
    kept = _size(place / f"{file.name}.part")
    again = f"The {kept:,} bytes that came are kept: the same command goes on from there. " if kept else ""
    return NotFetched(
        f"{file.name} could not be fetched ({said}).",
        where=file.name,
        fix=f"Is this machine online? {again}Another server can be named with PLAYGROUND_DATA_MIRRORS, or put the file "
        f"into {place} by hand.",
    )


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def _sha256(path: Path) -> str:
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
