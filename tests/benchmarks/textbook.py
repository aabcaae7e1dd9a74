"""The two textbook networks, trained as printed on MNIST images: accuracy and time of ours and of PyTorch's.

`python -m tests.benchmarks.textbook [--epochs 5]`: 8,000 images to train, 2,000 others to test, the same first weights
and the same batches for both sides.
"""

import argparse

from tests.benchmarks.sides import Sides

NETS = {"w4": "the Keras network, Adam, batch 32", "w5": "the PyTorch network, SGD with momentum, batch 64"}
IMAGES = 8_000
BATCH = {"w4": 32, "w5": 64}


def main() -> None:
    """Train and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=5)
    asked = parser.parse_args()
    for name, what in NETS.items():
        updates = asked.epochs * (IMAGES // BATCH[name])
        with Sides() as sides:
            ours, theirs = (sides.ask(v, name, updates, accuracy=True) for v in ("engine", "eager"))
        print(  # noqa: T201
            f"{what}, {asked.epochs} epochs: ours {ours['accuracy']:.2%} in {ours['seconds']:.1f} s, "
            f"PyTorch {theirs['accuracy']:.2%} in {theirs['seconds']:.1f} s",
            flush=True,
        )


if __name__ == "__main__":
    main()
