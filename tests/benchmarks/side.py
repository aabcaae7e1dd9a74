"""One side of a comparison, in a process of its own: told a workload and a count, it trains and says how long it took.

Threads of the numeric libraries can only be set before they are loaded, so each variant has its process:
`python -m tests.benchmarks.side <variant>` reads `{"workload", "count", "losses"?, "accuracy"?}` a line and answers
`{"seconds", …}`. Going on with a workload goes on training.
"""

import json
import os
import sys
import time
from typing import Any

VARIANTS = {
    "engine": "our engine, two cores",
    "engine1": "our engine, one core",
    "eager": "PyTorch, eager",
    "eager1": "PyTorch, eager, one thread",
    "fused": "PyTorch, fused optimizer",
    "fused1": "PyTorch, fused optimizer, one thread",
    "channels_last": "PyTorch, channels_last",
    "channels_last1": "PyTorch, channels_last, one thread",
    "channels_last_fused": "PyTorch, channels_last and fused optimizer",
}


class Engine:
    """Our engine on one workload."""

    def __init__(self, workload: str, cores: int) -> None:
        from engine.events import Epoch, Step
        from engine.train import Trainer
        from tests.benchmarks.workloads import experiment, unit

        self.trainer = Trainer(experiment(workload), cores=cores)
        epochs = unit(workload) == "epochs"
        self.counted = Epoch if epochs else Step
        self.events = self.trainer.events("epoch" if epochs else "update")

    def run(self, count: int) -> float:
        """Train for so many units; the seconds that took.

        Judging all samples after an epoch is not part of an update: PyTorch's side does not do it there either.
        """
        seconds = 0.0
        while count:
            started = time.perf_counter()
            event = next(self.events)
            if isinstance(event, self.counted):
                count -= 1
                seconds += time.perf_counter() - started
        return seconds

    def losses(self) -> list[float]:
        """Loss on training and test samples."""
        return self.trainer.row()[2:4].tolist()

    def accuracy(self) -> float:
        """On the test samples."""
        return float(self.trainer.row()[5])


def _engine(workload: str, variant: str) -> Any:
    return Engine(workload, 1 if variant.endswith("1") else 2)


def _torch(workload: str, variant: str) -> Any:
    import torch

    from tests.benchmarks.torch_twin import Twin
    from tests.benchmarks.workloads import experiment, unit

    if variant.endswith("1"):
        torch.set_num_threads(1)
    return Twin(
        experiment(workload), unit(workload), fused="fused" in variant, channels_last="channels_last" in variant
    )


def main(variant: str) -> None:
    """Serve one variant until standard input ends."""
    if variant.startswith("engine"):
        os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    make = _engine if variant.startswith("engine") else _torch
    workload, side = "", None
    for line in sys.stdin:
        asked = json.loads(line)
        if asked["workload"] != workload:
            side = None  # free the last one first
            workload, side = asked["workload"], make(asked["workload"], variant)
        answer = {"seconds": side.run(asked["count"])}
        if asked.get("losses"):
            answer["losses"] = side.losses()
        if asked.get("accuracy"):
            answer["accuracy"] = side.accuracy()
        print(json.dumps(answer), flush=True)  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1])
