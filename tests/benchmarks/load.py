"""A whole class at once: python -m tests.benchmarks.load [--watchers 200] [--one-run] [--seconds 30] [--json]

The real server as its users start it, in its own process, with quotas raised for one visitor who has it all. As many
runs of the default network as watchers, each with a websocket of its own; with `--one-run` they all watch the same.
Printed: frames a second that a watcher gets, the delay from the worker's report to the watcher's socket, memory for
each run and its watcher (or for each watcher of the one run), what each process used of the processors, and rows of
history that did not arrive as the API tells them.

Wall-clock figures are those of the machine as busy as it is; CPU time for a thousand frames depends less on others.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from tests.benchmarks.watching import digest
from tests.tools.server import ROOT, RunningServer, call

PAGE = 10_000  # rows of history asked for at a time
SETTLE = 3.0  # seconds between the last start and the first frame that counts
MANY = 10**6
QUOTAS = {
    **dict.fromkeys(("max_runs_per_key", "max_running_per_key", "max_running", "max_streams_per_address"), MANY),
    **dict.fromkeys(("rate_requests", "rate_creations"), ""),
}


class Family:
    """The server and its workers, as the operating system sees them."""

    def __init__(self, pid: int) -> None:
        self.server = psutil.Process(pid)
        self.workers = [p for p in self.server.children() if "spawn_main" in " ".join(p.cmdline())]

    def memory(self) -> dict[str, float]:
        """Bytes that each kind of process has for itself."""
        return {
            "server": self.server.memory_full_info().uss,
            "workers": sum(p.memory_full_info().uss for p in self.workers),
        }

    def cpu(self) -> dict[str, float]:
        """Seconds used so far."""
        return {"server": used(self.server), "workers": sum(map(used, self.workers))}


def used(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


class Watching:
    """The processes of `tests.benchmarks.watching`."""

    def __init__(self, urls: list[tuple[str, str]], processes: int) -> None:
        command = [sys.executable, "-m", "tests.benchmarks.watching"]
        self.processes = [
            subprocess.Popen(command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            for _ in range(processes)
        ]
        for k, process in enumerate(self.processes):
            mine: dict[str, list[str]] = {}
            for run, url in urls[k::processes]:
                mine.setdefault(run, []).append(url)
            self._write(process, mine)
        self._all("open")

    def say(self, word: str, answer: str = "") -> None:
        for process in self.processes:
            assert process.stdin
            process.stdin.write(word + "\n")
            process.stdin.flush()
        if answer:
            self._all(answer)

    def reports(self, newest: dict[str, int]) -> list[dict[str, Any]]:
        for process in self.processes:
            self._write(process, newest)
        return [json.loads(self._line(process)) for process in self.processes]

    def close(self) -> None:
        for process in self.processes:
            process.kill()
            process.communicate()

    def _write(self, process: subprocess.Popen, what: Any) -> None:
        assert process.stdin
        process.stdin.write(json.dumps(what) + "\n")
        process.stdin.flush()

    def _line(self, process: subprocess.Popen) -> str:
        assert process.stdout
        if not (line := process.stdout.readline()):
            raise SystemExit("A process of watchers ended.")
        return line

    def _all(self, answer: str) -> None:
        for process in self.processes:
            if (line := self._line(process)).strip() != answer:
                raise SystemExit(f"Expected {answer!r}, got {line!r}.")


def measure(runs: int, watchers: int, seconds: float, processes: int, speed: float | None) -> dict:
    """All figures."""
    with tempfile.TemporaryDirectory() as folder:
        server = RunningServer(Path(folder), **QUOTAS)
        try:
            return _measure(server, runs, watchers, seconds, processes, speed)
        finally:
            server.stop()
            if log := "\n".join(server.log().splitlines()[4:]):
                sys.stderr.write(f"The server said:\n{log[:2000]}\n")


def _measure(
    server: RunningServer, runs: int, watchers: int, seconds: float, processes: int, speed: float | None
) -> dict:
    family = Family(server.process.pid)
    key = call(server, "POST", "/runs", {}, key=None)["key"]
    first = play(server, key, speed)
    time.sleep(1)
    steer(server, first, key, "paused")
    before = family.memory()
    ids = [first if runs == 1 else call(server, "POST", "/runs", {}, key)["id"] for _ in range(runs)]
    urls = [(ids[k % runs], f"{server.ws_url}/api/v1/runs/{ids[k % runs]}/stream") for k in range(watchers)]
    watching = Watching(urls, processes)
    try:
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda run: steer(server, run, key, "running", speed), ids))
        time.sleep(SETTLE)
        watching.say("go")
        cpu, epochs, began = family.cpu(), rows_of(server, ids[0]), time.monotonic()
        time.sleep(seconds)
        watching.say("stop", "stopped")
        took = time.monotonic() - began
        cpu = {name: now - cpu[name] for name, now in family.cpu().items()}
        epochs = rows_of(server, ids[0]) - epochs
        memory = {name: (now - before[name]) / max(runs, watchers) for name, now in family.memory().items()}
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda run: steer(server, run, key, "paused"), ids))
        newest = {run: rows_of(server, run) for run in ids}
        reports = watching.reports(newest)
    finally:
        watching.close()
    differ = sum(digest(history(server, run)) != r["digests"][run] for r in reports for run in r["digests"])
    rates = sorted(rate for r in reports for rate in r["rates"])
    delays = np.sort([delay for r in reports for delay in r["delays"]])
    frames = sum(rates) * seconds
    cpu["watchers"] = sum(r["cpu"] for r in reports)
    return {
        "runs": runs,
        "watchers": watchers,
        "seconds": round(took, 1),
        "frames_per_second": {"median": statistics.median(rates), "5th": rates[int(0.05 * len(rates))]},
        "delay_ms": {name: 1000 * float(np.quantile(delays, q)) for name, q in QUANTILES.items()},
        "rows_per_second_of_a_run": epochs / took,
        "memory_mb": {name: value / 2**20 for name, value in memory.items()},
        "cpu_cores": {name: value / took for name, value in cpu.items()},
        "cpu_ms_per_1000_frames": {name: 1e6 * value / frames for name, value in cpu.items()},
        "lost_rows": sum(r["lost_rows"] for r in reports),
        "histories_that_differ": differ,
        "connections_lost": sum(r["lost"] for r in reports),
        "reasons": [reason for r in reports for reason in r["closed"]],
    }


QUANTILES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}


def play(server: RunningServer, key: str, speed: float | None) -> str:
    made = call(server, "POST", "/runs", {}, key)["id"]
    steer(server, made, key, "running", speed)
    return made


def steer(server: RunningServer, run: str, key: str, state: str, speed: float | None = None) -> None:
    if speed is not None:
        call(server, "PATCH", f"/runs/{run}/settings", {"speed": speed}, key)
    call(server, "PUT", f"/runs/{run}/state", {"state": state}, key)


def rows_of(server: RunningServer, run: str) -> int:
    return call(server, "GET", f"/runs/{run}")["seq"]


def history(server: RunningServer, run: str) -> np.ndarray:
    """All rows as REST tells them."""
    parts: list[np.ndarray] = []
    while rows := call(server, "GET", f"/runs/{run}/history?limit={PAGE}&after={sum(map(len, parts))}")["rows"]:
        parts.append(np.array(rows, dtype=float))
    return np.concatenate(parts).ravel()


def told(found: dict) -> str:
    """The figures for people."""
    rate, delay, memory = found["frames_per_second"], found["delay_ms"], found["memory_mb"]
    cores, per = found["cpu_cores"], found["cpu_ms_per_1000_frames"]
    lines = [
        f"{found['watchers']} watchers of {found['runs']} runs for {found['seconds']} s",
        f"  frames a second and watcher  median {rate['median']:.1f}, 5th percentile {rate['5th']:.1f}",
        "  delay worker to watcher      " + ", ".join(f"{name} {value:.0f} ms" for name, value in delay.items()),
        f"  rows a second, the first run {found['rows_per_second_of_a_run']:.0f}",
        f"  memory of a {'watcher' if found['runs'] == 1 else 'run, watched  '}    {sum(memory.values()):.2f} MB: "
        + ", ".join(f"{name} {value:.2f}" for name, value in memory.items()),
        "  processors                   " + ", ".join(f"{name} {value:.2f}" for name, value in cores.items()),
        "  CPU ms for 1,000 frames      " + ", ".join(f"{name} {value:.0f}" for name, value in per.items()),
        f"  rows lost {found['lost_rows']}, histories that differ {found['histories_that_differ']}, "
        f"connections lost {found['connections_lost']} {', '.join(found['reasons'])}",
    ]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--watchers", type=int, default=200)
    parser.add_argument("--runs", type=int, help="default: as many as watchers")
    parser.add_argument("--one-run", action="store_true", help="the same as --runs 1")
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--processes", type=int, default=1, help="that watch")
    parser.add_argument("--speed", type=float, help="epochs a second of a run; default: as fast as it goes")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    runs = 1 if chosen.one_run else chosen.runs or chosen.watchers
    found = measure(runs, chosen.watchers, chosen.seconds, chosen.processes, chosen.speed)
    sys.stdout.write((json.dumps(found) if chosen.json else told(found)) + "\n")


if __name__ == "__main__":
    main()
