"""One side of the comparison in a process of its own: reads a number, trains so much, answers with the seconds.

Threads of the numeric libraries can only be set before they are loaded, so each variant has its process.
`python -m tests.benchmarks.side <workload> <variant>`; variants: engine, engine1, eager, eager1, fused, fused1,
channels_last, channels_last1, channels_last_fused.
"""

import json
import os
import sys
import time
from typing import Any

VARIANTS = {
    "engine": "our engine, two threads",
    "engine1": "our engine, one thread",
    "eager": "PyTorch, eager",
    "eager1": "PyTorch, eager, one thread",
    "fused": "PyTorch, fused optimizer",
    "fused1": "PyTorch, fused optimizer, one thread",
    "channels_last": "PyTorch, channels_last",
    "channels_last1": "PyTorch, channels_last, one thread",
    "channels_last_fused": "PyTorch, channels_last and fused optimizer",
}


def main(workload: str, variant: str) -> None:
    """Serve one variant of one workload until standard input ends."""
    side = _engine(workload, variant) if variant.startswith("engine") else _torch(workload, variant)
    for line in sys.stdin:
        asked = json.loads(line)
        started = time.perf_counter()
        answer = side(asked)
        print(json.dumps({"seconds": time.perf_counter() - started, **answer}), flush=True)  # noqa: T201


def _engine(workload: str, variant: str) -> Any:
    os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    from engine.train import Trainer
    from tests.benchmarks.workloads import WORKLOADS, experiment

    trainer = Trainer(experiment(workload), threads=1 if variant.endswith("1") else 2)
    unit = WORKLOADS[workload][1]
    events = trainer.events("epoch" if unit == "epochs" else "update")

    def run(asked: dict[str, Any]) -> dict[str, Any]:
        done = 0
        while done < asked["count"]:
            event = next(events)
            done += hasattr(event, "row") if unit == "epochs" else hasattr(event, "update")
        return {"losses": trainer.row()[2:4].tolist()} if asked.get("losses") else {}

    return run


def _torch(workload: str, variant: str) -> Any:
    import torch

    from tests.benchmarks.torch_twin import Twin
    from tests.benchmarks.workloads import WORKLOADS, experiment

    if variant.endswith("1"):
        torch.set_num_threads(1)
    twin = Twin(experiment(workload), fused="fused" in variant, channels_last="channels_last" in variant)
    unit = WORKLOADS[workload][1]

    def run(asked: dict[str, Any]) -> dict[str, Any]:
        twin.run(unit, asked["count"])
        return {"losses": twin.losses()} if asked.get("losses") else {}

    return run


if __name__ == "__main__":
    main(*sys.argv[1:3])
