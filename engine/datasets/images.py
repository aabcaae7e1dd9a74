"""Images (H, W, 1): small digits that are always there, and MNIST and Fashion-MNIST where their files were put."""

from typing import Any

import numpy as np

from engine.datasets import files
from engine.datasets.base import IN_ORDER, Raw, dataset, flat, mlp, split, training
from engine.datasets.idx import load_idx
from engine.datasets.tables import load
from engine.errors import DataError
from engine.spec import integer

IMAGES: dict[str, Any] = {
    "task": "classification",
    "view": "image",
    "class_names": tuple("0123456789"),
    "train_fraction": 0.8,
}
CLOTHES = (
    "T-shirt", "trousers", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot",
)  # fmt: skip


@dataset(
    "digits",
    label="Digits 8×8",
    source="E. Alpaydin, C. Kaynak (1998), Optical Recognition of Handwritten Digits, UCI",
    shape=(8, 8, 1),
    divide_by=16.0,
    preset={
        "layers": flat(mlp([32], "relu", out=10, out_activation="softmax")),
        "training": training("categorical_cross_entropy", "adam", 0.003, batch_size=32),
    },
    **IMAGES,
)
class Digits:
    """Which digit is it? 1,797 digits written by hand, shrunk to 8×8 grey pixels."""

    def generate(self, rng: np.random.Generator) -> Raw:
        raw = load("digits")
        return Raw(raw.inputs.reshape(-1, 8, 8, 1), raw.targets)


LARGE: dict[str, Any] = {
    "shape": (28, 28, 1),
    "divide_by": 255.0,
    "needs_files": True,
    "preset": {
        "layers": flat(mlp([64], "relu", out=10, out_activation="softmax")),
        "training": training("categorical_cross_entropy", "adam", 0.001, batch_size=32),
    },
}


def taken() -> Any:
    """The parameter that says how many."""
    return integer(5_000, lo=20, hi=70_000, help="How many images are taken from the files, none twice.")


def read(name: str, samples: int, split: str, rng: np.random.Generator) -> Raw:
    """So many images of a set like MNIST, drawn without repetition; all of them where they are split in order."""
    pairs = files.idx_pairs(name)
    images = [load_idx(images) for images, _ in pairs]
    labels = [load_idx(labels) for _, labels in pairs]
    for (path, _), x, y in zip(pairs, images, labels, strict=True):
        if x.shape[1:] != (28, 28) or x.dtype != np.uint8 or y.shape != x.shape[:1] or y.max() > 9:
            raise DataError(
                f"Expected 28×28 images of bytes and a label from 0 to 9 for each; {path.name} and its labels "
                f"hold {x.shape} {x.dtype} and {y.shape}.",
                where="type",
                fix="Get the files anew.",
            )
    n = sum(map(len, images))
    if samples > n:
        raise DataError(
            f"Expected at most as many images as the files hold, {n}, got {samples}.",
            where="samples",
            fix=f"Ask for {n} or fewer, or add the other files of the set.",
        )
    chosen = slice(None) if split == IN_ORDER else rng.permutation(n)[:samples]
    return Raw(np.concatenate(images)[chosen][..., None], np.concatenate(labels)[chosen].astype(np.int64))


@dataset(
    "mnist",
    label="MNIST 28×28",
    source="Y. LeCun, C. Cortes, C. Burges (1998), The MNIST database of handwritten digits",
    **IMAGES,
    **LARGE,
)
class Mnist:
    """Which digit is it? The best known set of handwritten digits, 28×28 grey pixels each."""

    samples: int = taken()
    split: str = split()

    def generate(self, rng: np.random.Generator) -> Raw:
        return read("mnist", self.samples, self.split, rng)


@dataset(
    "fashion_mnist",
    label="Fashion 28×28",
    source="H. Xiao, K. Rasul, R. Vollgraf (2017), Fashion-MNIST, arXiv:1708.07747",
    **IMAGES | {"class_names": CLOTHES},
    **LARGE,
)
class FashionMnist:
    """Which piece of clothing is it? 28×28 grey pixels each, as in MNIST, but harder."""

    samples: int = taken()
    split: str = split()

    def generate(self, rng: np.random.Generator) -> Raw:
        return read("fashion_mnist", self.samples, self.split, rng)
