"""What a server is doing: runs by state, who trains and is watched, the workers, memory, load."""

import asyncio
import os
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from app.runs.feed import Feed
from app.runs.manager import Manager

STARTED = time.time()
PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


@dataclass(frozen=True)
class WorkerSeen:
    """One worker process."""

    pid: int
    memory: int | None  # bytes; None where the system does not say


@dataclass(frozen=True)
class RunSeen:
    """A run that is in memory; its owner by the first signs of the hash of the key."""

    id: str
    name: str
    state: str
    epoch: int
    update: int
    rows: int
    watchers: int
    owner: str
    idle: float  # seconds since somebody asked about it


@dataclass(frozen=True)
class Overview:
    """All of it, at one moment."""

    started: float
    stored: dict[str, int]
    live: dict[str, int]
    watchers: int
    owners: int
    workers: list[WorkerSeen]
    restarts: int
    memory: int | None
    load: tuple[float, ...]
    cores: int
    database_bytes: int | None
    problem: str
    refused: dict[str, int] = field(default_factory=dict)
    runs: list[RunSeen] = field(default_factory=list)


async def overview(runs: Manager, refused: dict[str, int], most: int = 100) -> Overview:
    """Look at a server; at most so many of its runs are listed, the most watched and the training ones first."""
    keeper = runs.keeper
    feeds = list(keeper.feeds.values())
    processes = getattr(keeper.runner, "processes", list)  # a runner in this process has none
    file = runs.settings.data_dir / "playground.db"
    shown = sorted(feeds, key=lambda f: (f.record.state != "running", -len(f.watchers), -f.record.changed_at))[:most]
    return Overview(
        started=STARTED,
        stored=await asyncio.to_thread(keeper.store.count_by_state),
        live=dict(Counter(feed.record.state for feed in feeds)),
        watchers=sum(len(feed.watchers) for feed in feeds),
        owners=len({feed.record.key_hash for feed in feeds}),
        workers=[WorkerSeen(pid, resident(pid)) for pid in processes()],
        restarts=keeper.deaths,
        memory=resident(os.getpid()),
        load=os.getloadavg() if hasattr(os, "getloadavg") else (),
        cores=os.cpu_count() or 1,
        database_bytes=file.stat().st_size if not runs.settings.database_url and file.exists() else None,
        problem=keeper.store.writer.problem or "",
        refused=dict(refused),
        runs=[_seen(feed) for feed in shown],
    )


def _seen(feed: Feed) -> RunSeen:
    r, idle = feed.record, time.monotonic() - feed.touched
    return RunSeen(r.id, r.name, r.state, r.epoch, r.update, r.seq, len(feed.watchers), r.key_hash[:8], idle)


def resident(pid: int) -> int | None:
    """Bytes of memory a process has, on Linux."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE
    except (OSError, IndexError, ValueError):
        return None
