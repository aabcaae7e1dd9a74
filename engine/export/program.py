"""What the programs share: how they begin, the numbers they hold, and how they end.

    text, files = …                     one program; small ones hold all numbers themselves
    Program.files()                     {"circle_torch.py": …, "circle_torch.npz": …}

Numbers come last, so that a reader meets the network first.
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from engine.builder import Array
from engine.export.examples import Examples, encode_code, prepare_code
from engine.export.numbers import array
from engine.export.snapshot import Snapshot

EMBEDDED = 8_000  # at most so many numbers stand in the program itself
PIECE = 1 << 24  # at most so many numbers in the layers' outputs while the losses are checked
TOLERANCE = 1e-5


@dataclass
class Program:
    """One program for one tool. `tool`: 'keras', 'torch' or 'numpy'; `needs`: what has to be installed."""

    snapshot: Snapshot
    tool: str
    needs: str
    weights: Mapping[str, Array]
    imports: list[str]
    trains: bool = True
    sections: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.examples = Examples.of(self.snapshot)
        numbers = self.examples.count() + sum(a.size for a in self.weights.values())
        self.embedded = numbers <= EMBEDDED and self.examples.raw.ndim == 2
        self.name = f"{self.snapshot.name}_{self.tool}"

    def add(self, section: str) -> None:
        """The next part of the text."""
        self.sections.append(section.strip("\n"))

    def piece(self) -> int | None:
        """How many samples may go through the network at once; None: all of them."""
        s = self.snapshot
        width = sum(int(np.prod(node.out_shape)) for node in s.network.nodes)
        most = max(1, PIECE // width)
        return None if most >= len(self.examples.raw) else most

    def files(self) -> dict[str, bytes]:
        """The program, and beside it the numbers that it does not hold itself."""
        parts = [self._head(), *self.sections, prepare_code(self.snapshot), encode_code(self.snapshot), self._numbers()]
        out = {f"{self.name}.py": ("\n\n\n".join([*parts, self._main()]) + "\n").encode()}
        if not self.embedded:
            file = io.BytesIO()
            np.savez_compressed(file, allow_pickle=False, **self.examples.arrays(), **self.weights)
            out[f"{self.name}.npz"] = file.getvalue()
        return out

    def _head(self) -> str:
        s = self.snapshot
        layers = f"{len(s.network.nodes)} layer{'s' * (len(s.network.nodes) != 1)}"
        state = f"after {s.epoch:,} epoch{'s' * (s.epoch != 1)} of training" if s.epoch else "before training"
        usage = [f"    python {self.name}.py          shows that it gives the losses that the page showed"]
        usage += [f"    python {self.name}.py train    goes on training it"] if self.trains else []
        imports = sorted({"import sys"} & set(self.imports) | set() if self.embedded else {"from pathlib import Path"})
        standard = sorted([*imports, *(i for i in self.imports if i in STANDARD)], key=_order)
        others = sorted((i for i in self.imports if i not in STANDARD), key=_order)
        blocks = ["\n".join(dict.fromkeys(lines)) for lines in (standard, others) if lines]
        beside = "" if self.embedded else f" The numbers are in {self.name}.npz, which has to lie beside it."
        return "\n".join(
            [
                f'"""{s.title}: a network of {layers}, {state} in the neuron playground.',
                "",
                *usage,
                "",
                f"Needs {self.needs}.{beside}",
                '"""',
                "",
                "\n\n".join(blocks),
                "",
                f"SEED = {s.seed}",
                f"EPOCH = {s.epoch}  # trained so far",
                f"TRAIN = {self.examples.train}  # so many examples train, the others test",
                f'SHOWN = {{"train": {s.train_loss!r}, "test": {s.test_loss!r}}}  # the losses on the page then',
            ]
        )

    def _numbers(self) -> str:
        if self.embedded:
            weights = [f'    "{name}": {array(a, 4)},' for name, a in self.weights.items()]
            return "\n".join([self.examples.table(self.snapshot), "", "WEIGHTS = {", *weights, "}"])
        return "\n".join(
            [
                f'with np.load(Path(__file__).with_name("{self.name}.npz")) as file:',
                "    FILE = dict(file)",
                'WEIGHTS = {name: array for name, array in FILE.items() if name not in ("examples", "targets")}',
            ]
        )

    def _main(self) -> str:
        raw = "EXAMPLES[:, :-1], EXAMPLES[:, -1]" if self.embedded else 'FILE["examples"], FILE["targets"]'
        ready = {
            "torch": "torch.from_numpy(prepare(raw)), torch.from_numpy(encode(targets))",
        }.get(self.tool, "prepare(raw), encode(targets)")
        lines = ['if __name__ == "__main__":', f"    raw, targets = {raw}", f"    x, y = {ready}"]
        made = {"keras": "model = build()", "torch": "model = Net()"}.get(self.tool)
        if made:
            lines += [f"    {made}", "    load(model)"]
        argument = "model, " if made else ""
        if self.trains:
            lines += ['    if "train" in sys.argv[1:]:', f"        train({argument}x, y)", "    else:"]
        lines.append(("        " if self.trains else "    ") + f"check({argument}x, y)")
        return "\n".join(lines)


STANDARD = ("import itertools", "import math", "import sys", "from pathlib import Path")


def _order(line: str) -> tuple[bool, str]:
    return line.startswith("from"), line


def check_code(call: str, *, arguments: str = "", before: str = "") -> str:
    """`check`: each part's loss is computed and compared with that on the page. call: code of a part's loss."""
    return f'''
def check({arguments}x, y):
    """Compare the losses with those that the page showed."""
{before}    for part, here in (("train", slice(0, TRAIN)), ("test", slice(TRAIN, None))):
        loss = {call}
        print(f"{{part}} loss {{loss:.6f}}, on the page {{SHOWN[part]:.6f}}")
        assert abs(loss - SHOWN[part]) <= {TOLERANCE} * max(1, SHOWN[part]), "not the loss that the page showed"
'''
