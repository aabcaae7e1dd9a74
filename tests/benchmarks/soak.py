"""A server that is used for a long time: python -m tests.benchmarks.soak [--minutes 20] [--seed 1] [--calm]

Visitors, seeded, make runs, fork, edit, change, reset and delete them; watchers come and go, some read slowly, some
never; every minute one worker is killed. Memory and open files are noted all the time and printed as means of every
minute. At the end: how they changed over the second half of the time (a line through the minutes, with its standard
error), and whether each run's history and all that watchers got is without a gap. It leaves with an error where one is
not, or where something rises (`BOUNDS`, by more than twice the error).
"""

import argparse
import json
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from tests.benchmarks.load import QUOTAS, Family, history
from tests.benchmarks.school import School, Visitor, Watcher
from tests.tools.server import RunningServer

VISITORS, WATCHERS = 3, 10
SAMPLE = 3.0  # seconds between two looks at the processes
KILL = 60.0  # seconds between two deaths
LEAST = 7  # minutes: a line through three of them says little
BOUNDS = {"server MB": 0.2, "server files": 0.2, "workers MB": 0.5, "workers files": 0.2}  # each minute


class Notes:
    """Memory (MB that a process has for itself) and open files, over time."""

    def __init__(self, pid: int) -> None:
        self.pid, self.times = pid, []  # type: ignore[var-annotated]
        self.seen: dict[str, list[float]] = {}

    def take(self) -> None:
        with suppress(psutil.NoSuchProcess, psutil.AccessDenied):  # a worker that dies just now; the next look counts
            family = Family(self.pid)
            found = {
                "server MB": family.server.memory_full_info().uss / 2**20,
                "server files": family.server.num_fds(),
                "workers MB": sum(p.memory_full_info().uss for p in family.workers) / 2**20,
                "workers files": sum(p.num_fds() for p in family.workers),
                "workers": len(family.workers),
            }
            self.times.append(time.monotonic() / 60)
            for name, value in found.items():
                self.seen.setdefault(name, []).append(value)

    def minutes(self) -> dict[str, list[float]]:
        """The means of whole minutes."""
        which = (np.array(self.times) - self.times[0]).astype(int)
        return {
            name: [float(np.array(values)[which == k].mean()) for k in range(which[-1]) if (which == k).any()]
            for name, values in self.seen.items()
        }

    def slopes(self) -> dict[str, dict[str, float]]:
        """Of the second half: the mean, the change in a minute, and its standard error."""
        out = {}
        for name, means in self.minutes().items():
            late = np.array(means[len(means) // 2 :])
            at = np.arange(len(late)) - (len(late) - 1) / 2
            slope = float(at @ late / (at @ at))
            missed = late - late.mean() - slope * at
            error = float(np.sqrt(missed @ missed / (len(late) - 2) / (at @ at)))
            out[name] = {"mean": float(late.mean()), "per_minute": slope, "error": error}
        return out

    def rising(self) -> list[str]:
        """What rises by more than its bound, and by more than chance."""
        found = self.slopes()
        rises = {name: found[name]["per_minute"] > max(most, 2 * found[name]["error"]) for name, most in BOUNDS.items()}
        return [name for name, rise in rises.items() if rise]


def gaps(school: School) -> list[str]:
    """Runs whose history is not every epoch from the first to the last, in order, as many rows as the run says."""
    wrong = []
    for run in list(school.runs):
        school.ask("PUT", f"/runs/{run}/state", {"state": "paused"})
        if not (told := school.ask("GET", f"/runs/{run}")):
            continue
        rows = history(school.server, run).reshape(-1, 9)
        epochs = np.floor(rows[:, 0]).astype(int)
        steps = np.diff(epochs)
        if len(rows) != told["seq"] or epochs[0] != 0 or (steps < 0).any() or (steps > 1).any():
            wrong.append(f"{run}: {len(rows)} rows of {told['seq']}, epochs {epochs[0]} to {epochs[-1]}")
    return wrong


def soak(minutes: float, seed: int, calm: bool, say: Callable[[str], Any]) -> dict[str, Any]:
    """Everything that was found. say: is told each minute's line."""
    dice = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder, RunningServer(Path(folder), **QUOTAS) as server:
        school, notes = School(server), Notes(server.process.pid)
        people = [*(Visitor(school, seed + k) for k in range(VISITORS))]
        people += [*(Watcher(school, seed + 100 + k) for k in range(WATCHERS))]  # type: ignore[list-item]
        for person in people:
            person.start()
        told, end = 0, time.monotonic() + 60 * minutes
        kill = time.monotonic() + (np.inf if calm else min(KILL, 15 * minutes))
        while (now := time.monotonic()) < end:
            if now >= kill:
                kill += KILL
                with suppress(IndexError, ProcessLookupError):
                    os.kill(dice.choice(Family(server.process.pid).workers).pid, signal.SIGKILL)
                    school.did["kill"] += 1
            notes.take()
            if lines := over_time(notes.minutes())[told:]:
                say("\n".join(lines))
                told += len(lines)
            time.sleep(SAMPLE)
        school.over.set()
        for person in people:
            person.join(60)
        wrong = gaps(school)
        return {
            "minutes": minutes,
            "did": dict(sorted(school.did.items())),
            "each_minute": notes.minutes(),
            "second_half": notes.slopes(),
            "rising": notes.rising(),
            "runs_checked": len(school.runs),
            "gaps": wrong,
            "faults": school.faults,
        }


def over_time(minutes: dict[str, list[float]]) -> list[str]:
    """A line for each minute."""
    return [
        f"minute {k + 1:2}: " + ", ".join(f"{name} {value:.1f}" for name, value in zip(minutes, values, strict=True))
        for k, values in enumerate(zip(*minutes.values(), strict=True))
    ]


def told(found: dict[str, Any]) -> str:
    lines = [f"{found['minutes']:g} minutes: " + ", ".join(f"{n} × {what}" for what, n in found["did"].items())]
    for name, line in found["second_half"].items():
        lines.append(f"  {name:14} {line['mean']:7.1f}, each minute {line['per_minute']:+.3f} ± {line['error']:.3f}")
    lines.append(f"  rising: {', '.join(found['rising']) or 'nothing'}")
    lines.append(
        f"  histories with a gap: {len(found['gaps'])} of {found['runs_checked']}; faults: {len(found['faults'])}"
    )
    return "\n".join([*lines, *found["gaps"], *found["faults"][:20]])


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--calm", action="store_true", help="no worker is killed: how their own memory does over time")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    if chosen.minutes < LEAST:
        parser.error(f"Expected {LEAST} minutes or more, got {chosen.minutes:g}.")
    found = soak(chosen.minutes, chosen.seed, chosen.calm, lambda line: sys.stderr.write(f"{line}\n"))
    sys.stdout.write((json.dumps(found) if chosen.json else told(found)) + "\n")
    if found["gaps"] or found["faults"] or found["rising"]:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
