"""The sides of a comparison, taking turns: a slow moment of the machine then meets all of them."""

import json
import statistics
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from tests.benchmarks.workloads import ROOT


class Sides:
    """One process a variant (see `side`), started when first asked."""

    def __init__(self) -> None:
        self._processes: dict[str, subprocess.Popen[str]] = {}

    def __enter__(self) -> "Sides":
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._processes.values():
            process.kill()
            process.wait()

    def ask(self, variant: str, workload: str, count: int, **more: Any) -> dict[str, Any]:
        """Have one side train for so many units; its answer."""
        if variant not in self._processes:
            command = [sys.executable, "-m", "tests.benchmarks.side", variant]
            self._processes[variant] = subprocess.Popen(
                command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
        process = self._processes[variant]
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(json.dumps({"workload": workload, "count": count, **more}) + "\n")
        process.stdin.flush()
        line = process.stdout.readline()
        if not line:
            raise SystemExit(f"The side {variant!r} stopped at {workload}; its message is above.")
        return json.loads(line)

    def take_turns(self, workload: str, variants: Sequence[str], rounds: int, seconds: float) -> dict[str, float]:
        """Seconds a unit, by variant: the median of so many turns of about so many seconds."""
        counts = {}
        for variant in variants:
            self.ask(variant, workload, 2)
            counts[variant] = max(1, round(seconds / (self.ask(variant, workload, 3)["seconds"] / 3)))
        times: dict[str, list[float]] = {v: [] for v in variants}
        for _ in range(rounds):
            for v in variants:
                times[v].append(self.ask(v, workload, counts[v])["seconds"] / counts[v])
        return {v: statistics.median(t) for v, t in times.items()}
