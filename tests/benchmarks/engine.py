"""Our engine against PyTorch on the five workloads: `python -m tests.benchmarks.engine [--json] [w1 w3 …]`.

One run, same data, same start, same updates. The sides take turns, so that a slow moment of the machine meets all
of them; medians of the rounds are compared, and of PyTorch's variants the fastest one counts. Losses are compared
first: a benchmark of two different trainings would mean nothing.
"""

import argparse
import json
import statistics
import subprocess
import sys
from typing import Any

from tests.benchmarks.side import VARIANTS
from tests.benchmarks.workloads import ROOT, WORKLOADS

SMALL = ("eager", "eager1", "fused1")
DENSE = ("eager", "eager1", "fused", "fused1")
IMAGES = ("eager", "fused", "channels_last", "channels_last_fused", "channels_last1")
PEERS = {"w1": SMALL, "w2": SMALL, "w3": DENSE}
OURS = {"w1": ("engine1",), "w2": ("engine1",)}
SECONDS = 0.7  # that one turn of one side should take


class Side:
    """One variant in its process."""

    def __init__(self, workload: str, variant: str) -> None:
        command = [sys.executable, "-m", "tests.benchmarks.side", workload, variant]
        self.process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.variant, self.count, self.times = variant, 1, []

    def ask(self, count: int, **more: Any) -> dict[str, Any]:
        """Train for so many units; the answer."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(json.dumps({"count": count, **more}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{VARIANTS[self.variant]} stopped; see its message above.")
        return json.loads(line)

    def warm_up(self) -> None:
        """Find out how many units fill a turn."""
        self.ask(2)
        seconds = self.ask(3)["seconds"] / 3
        self.count = max(1, round(SECONDS / seconds))

    def turn(self) -> None:
        """Train for one turn and note the seconds a unit took."""
        self.times.append(self.ask(self.count)["seconds"] / self.count)

    def per_second(self) -> float:
        """Units a second, the median of the turns."""
        return 1.0 / statistics.median(self.times)

    def close(self) -> None:
        """End the process."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(30)


def compare(workload: str, rounds: int) -> dict[str, Any]:
    """All sides of one workload, by turns."""
    ours = OURS.get(workload, ("engine", "engine1"))
    sides = [Side(workload, v) for v in (*ours, *PEERS.get(workload, IMAGES))]
    try:
        losses = {side.variant: side.ask(5, losses=True)["losses"] for side in sides}
        gap = max(abs(a - b) / abs(b) for v in losses for a, b in zip(losses[v], losses["eager"], strict=True))
        if gap > 2e-3:
            raise SystemExit(f"{workload}: the losses after 5 {WORKLOADS[workload][1]} differ by {gap:.1e}: {losses}")
        for side in sides:
            side.warm_up()
        for _ in range(rounds):
            for side in sides:
                side.turn()
    finally:
        for side in sides:
            side.close()
    speeds = {side.variant: side.per_second() for side in sides}
    best = {
        own: max((v for v in speeds if v.startswith("engine") == own), key=speeds.__getitem__) for own in (True, False)
    }
    return {
        "workload": workload,
        "what": WORKLOADS[workload][0],
        "unit": f"{WORKLOADS[workload][1]}/s",
        "ours": speeds[best[True]],
        "ours_variant": best[True],
        "pytorch": speeds[best[False]],
        "pytorch_variant": best[False],
        "ratio": speeds[best[True]] / speeds[best[False]],
        "loss_gap": gap,
        "all": speeds,
    }


def main() -> None:
    """Measure and print a line a workload."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("workloads", nargs="*", default=list(WORKLOADS), help=f"some of {', '.join(WORKLOADS)}")
    parser.add_argument("--rounds", type=int, default=7, help="turns of each side (default 7)")
    parser.add_argument("--json", action="store_true", help="print JSON, a line a workload")
    asked = parser.parse_args()
    for name in asked.workloads:
        r = compare(name, asked.rounds)
        if asked.json:
            print(json.dumps(r), flush=True)  # noqa: T201
            continue
        line = f"{name:6} {r['what']:38} {r['ours']:9.1f} {r['unit']:9} PyTorch {r['pytorch']:8.1f}"
        print(f"{line} ({r['pytorch_variant']})  {r['ratio']:6.2f}×", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
