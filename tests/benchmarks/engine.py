"""Our engine against PyTorch on the five workloads: `python -m tests.benchmarks.engine [--json] [w1 w3 …]`.

One run, same data, same start, same updates. The sides take turns, so that a slow moment of the machine meets all
of them; medians of the rounds are compared, and of PyTorch's variants the fastest one counts. Losses are compared
first: a benchmark of two different trainings would mean nothing.
"""

import argparse
import json
from typing import Any

from tests.benchmarks.sides import Sides
from tests.benchmarks.workloads import WORKLOADS

DENSE = ("engine1", "engine", "eager", "eager1", "fused", "fused1")
IMAGES = ("engine", "engine1", "eager", "fused", "channels_last", "channels_last1", "channels_last_fused")
SIDES = {
    "w1": ("engine1", "eager", "eager1", "fused1"),
    "w2": ("engine1", "eager", "eager1", "fused1"),
    "w3": DENSE,
}
SECONDS = 0.7  # that one turn of one side should take


def compare(sides: Sides, workload: str, rounds: int) -> dict[str, Any]:
    """All sides of one workload, by turns."""
    variants = SIDES.get(workload, IMAGES)
    losses = {v: sides.ask(v, workload, 5, losses=True)["losses"] for v in variants}
    gap = max(abs(a - b) / abs(b) for v in losses for a, b in zip(losses[v], losses["eager"], strict=True))
    if gap > 2e-3:
        raise SystemExit(f"{workload}: the losses after 5 {WORKLOADS[workload][1]} differ by {gap:.1e}: {losses}")
    seconds = sides.take_turns(workload, variants, rounds, SECONDS)
    ours = min((v for v in variants if v.startswith("engine")), key=seconds.__getitem__)
    theirs = min((v for v in variants if not v.startswith("engine")), key=seconds.__getitem__)
    return {
        "workload": workload,
        "what": WORKLOADS[workload][0],
        "unit": f"{WORKLOADS[workload][1]}/s",
        "ours": 1 / seconds[ours],
        "ours_variant": ours,
        "pytorch": 1 / seconds[theirs],
        "pytorch_variant": theirs,
        "ratio": seconds[theirs] / seconds[ours],
        "loss_gap": gap,
        "all": {v: 1 / s for v, s in seconds.items()},
    }


def main() -> None:
    """Measure and print a line a workload."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("workloads", nargs="*", default=list(WORKLOADS), help=f"some of {', '.join(WORKLOADS)}")
    parser.add_argument("--rounds", type=int, default=7, help="turns of each side (default 7)")
    parser.add_argument("--json", action="store_true", help="print JSON, a line a workload")
    asked = parser.parse_args()
    with Sides() as sides:
        for name in asked.workloads:
            r = compare(sides, name, asked.rounds)
            if asked.json:
                print(json.dumps(r), flush=True)  # noqa: T201
                continue
            line = f"{name:6} {r['what']:38} {r['ours']:9.1f} {r['unit']:9} ({r['ours_variant']})"
            print(f"{line}  PyTorch {r['pytorch']:8.1f} ({r['pytorch_variant']})  {r['ratio']:6.2f}×", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
