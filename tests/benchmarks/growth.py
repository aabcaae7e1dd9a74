"""How the cost of an update grows with batch and width, ours beside PyTorch's: `python -m tests.benchmarks.growth`.

Writes docs/growth.md with `--write`; prints the same table else.
"""

import argparse
from typing import Any

from tests.benchmarks.sides import Sides
from tests.benchmarks.workloads import ROOT

BATCHES = (8, 16, 32, 64, 128, 256, 512)
WIDTHS = (8, 16, 32, 64, 128, 256, 512, 1024)
CHANNELS = (8, 16, 32, 64)
OURS = ("engine", "engine1")
DENSE = (*OURS, "eager", "eager1", "fused1")
IMAGES = (*OURS, "eager", "channels_last", "channels_last_fused")
HEAD = """# How cost grows

Milliseconds for one update (forward, backward, Adam), the median of {rounds} turns on two cores; of each side's
variants (one or two cores; PyTorch eager, fused, channels_last) the fastest. Made by
`python -m tests.benchmarks.growth --write`.
"""


def row(sides: Sides, name: str, variants: tuple[str, ...], rounds: int) -> dict[str, Any]:
    """Ours and theirs for one size, in milliseconds."""
    seconds = sides.take_turns(name, variants, rounds, 0.25)
    ours = min(s for v, s in seconds.items() if v in OURS)
    theirs = min(s for v, s in seconds.items() if v not in OURS)
    return {"ours": ours * 1e3, "theirs": theirs * 1e3, "ratio": theirs / ours}


def table(sides: Sides, title: str, column: str, names: dict[int, str], variants: tuple[str, ...], rounds: int) -> str:
    """One table in Markdown."""
    lines = [f"\n## {title}\n", f"| {column} | ours, ms | PyTorch, ms | ratio |", "|---:|---:|---:|---:|"]
    for size, name in names.items():
        r = row(sides, name, variants, rounds)
        lines.append(f"| {size} | {r['ours']:.3f} | {r['theirs']:.3f} | {r['ratio']:.2f}× |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure all sizes and print or write the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--write", action="store_true", help="write docs/growth.md")
    asked = parser.parse_args()
    with Sides() as sides:
        text = HEAD.format(rounds=asked.rounds)
        by_batch = {b: f"dense:128:{b}" for b in BATCHES}
        by_width = {w: f"dense:{w}:64" for w in WIDTHS}
        text += table(sides, "Dense 784-128-128-10, by batch", "batch", by_batch, DENSE, asked.rounds)
        text += table(sides, "Dense 784-w-w-10, batch 64, by width", "width", by_width, DENSE, asked.rounds)
        by_batch = {b: f"conv:32:{b}" for b in BATCHES}
        by_channels = {c: f"conv:{c}:32" for c in CHANNELS}
        title = "Two convolutions 3×3 of 32 channels with max-pooling, 28×28 images, by batch"
        text += table(sides, title, "batch", by_batch, IMAGES, asked.rounds)
        title = "The same, batch 32, by channels"
        text += table(sides, title, "channels", by_channels, IMAGES, asked.rounds)
    if asked.write:
        (ROOT / "docs" / "growth.md").write_text(text)
    print(text)  # noqa: T201


if __name__ == "__main__":
    main()
