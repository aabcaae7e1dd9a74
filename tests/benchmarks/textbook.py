"""The two textbook networks, trained as printed on MNIST images: accuracy and time of ours and of PyTorch's.

`python -m tests.benchmarks.textbook [--epochs 5] [--seeds 5]`: the files' first 8,000 images train, the last 2,000
test. For each seed both sides have the same first weights (He's, made for ReLU) and the same batches. Rounding parts
them after some hundred updates, so that accuracies differ a little; medians over the seeds are compared.
"""

import argparse
from statistics import median

from tests.benchmarks.sides import Sides

NETS = {"w4": "the Keras network, Adam, batch 32", "w5": "the PyTorch network, SGD with momentum, batch 64"}
IMAGES = 8_000
BATCH = {"w4": 32, "w5": 64}


def main() -> None:
    """Train and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--seeds", type=int, default=5)
    asked = parser.parse_args()
    for name, what in NETS.items():
        updates = asked.epochs * (IMAGES // BATCH[name])
        print(f"{what}, {asked.epochs} epochs", flush=True)  # noqa: T201
        found: list[tuple[dict, dict]] = []
        for seed in range(1, asked.seeds + 1):
            with Sides() as sides:
                workload = f"textbook:{name}:{seed}"
                found.append(tuple(sides.ask(v, workload, updates, accuracy=True) for v in ("engine", "eager")))
            print(f"  seed {seed}: {_line(*found[-1])}", flush=True)  # noqa: T201
        middle = [
            {key: median(pair[side][key] for pair in found) for key in ("accuracy", "seconds")} for side in (0, 1)
        ]
        print(f"  median: {_line(*middle)}", flush=True)  # noqa: T201


def _line(ours: dict, theirs: dict) -> str:
    apart = abs(ours["accuracy"] - theirs["accuracy"]) * 100
    return (
        f"ours {ours['accuracy']:.2%} in {ours['seconds']:.1f} s, "
        f"PyTorch {theirs['accuracy']:.2%} in {theirs['seconds']:.1f} s; {apart:.2f} points apart"
    )


if __name__ == "__main__":
    main()
