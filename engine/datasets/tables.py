"""Real measurements as tables of numbers; they ship inside scikit-learn, which is imported only when one is read.

Inputs are standardized by `engine.data`; here they are in the units of whoever measured them.
"""

from functools import cache
from typing import Any

import numpy as np

from engine.datasets.base import Raw, dataset, mlp, training

SOFTMAX: dict[str, Any] = {"out": 3, "out_activation": "softmax"}
TABLE: dict[str, Any] = {"view": "table", "train_fraction": 0.8}


@cache
def load(name: str, **options: Any) -> Raw:
    """One of scikit-learn's own sets, as it is: (n, columns) float64, targets int64 or float64."""
    import sklearn.datasets  # takes a second, so not before somebody wants it

    inputs, targets = getattr(sklearn.datasets, f"load_{name}")(return_X_y=True, **options)
    whole = np.issubdtype(targets.dtype, np.integer)
    for array in (inputs := inputs.astype(np.float64), targets := targets.astype(np.int64 if whole else np.float64)):
        array.setflags(write=False)  # shared by all who ask
    return Raw(inputs, targets)


@dataset(
    "iris",
    label="Iris",
    task="classification",
    source="R. A. Fisher (1936), The use of multiple measurements in taxonomic problems",
    shape=(4,),
    columns=("sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)"),
    class_names=("setosa", "versicolor", "virginica"),
    preset={"layers": mlp([4], "tanh", **SOFTMAX), "training": training("categorical_cross_entropy", "adam", 0.01)},
    **TABLE,
)
class Iris:
    """Which of three kinds of iris is it? Four measurements of 150 flowers, taken with a ruler."""

    def generate(self, rng: np.random.Generator) -> Raw:
        return load("iris")


@dataset(
    "wine",
    label="Wine",
    task="classification",
    source="S. Aeberhard, M. Forina (1992), Wine, UCI Machine Learning Repository",
    shape=(13,),
    columns=(
        "alcohol", "malic acid", "ash", "alcalinity of ash", "magnesium", "total phenols", "flavanoids",
        "nonflavanoid phenols", "proanthocyanins", "color intensity", "hue", "OD280/OD315", "proline",
    ),
    class_names=("cultivar 1", "cultivar 2", "cultivar 3"),
    preset={"layers": mlp([4], "tanh", **SOFTMAX), "training": training("categorical_cross_entropy", "adam", 0.01)},
    **TABLE,
)  # fmt: skip
class Wine:
    """Which of three grapes was the wine made of? A chemist's 13 measurements of 178 wines from one region."""

    def generate(self, rng: np.random.Generator) -> Raw:
        return load("wine")


NUCLEUS = (
    "radius", "texture", "perimeter", "area", "smoothness",
    "compactness", "concavity", "concave points", "symmetry", "fractal dimension",
)  # fmt: skip


@dataset(
    "breast_cancer",
    label="Breast cancer",
    task="classification",
    source="W. H. Wolberg, W. N. Street, O. L. Mangasarian (1995), Breast Cancer Wisconsin (Diagnostic), UCI",
    shape=(30,),
    columns=(
        *(f"mean {name}" for name in NUCLEUS),
        *(f"{name} error" for name in NUCLEUS),
        *(f"worst {name}" for name in NUCLEUS),
    ),
    class_names=("malignant", "benign"),
    preset={
        "layers": mlp([4], "tanh", out=1, out_activation="sigmoid"),
        "training": training("binary_cross_entropy", "adam", 0.003),
    },
    **TABLE,
)
class BreastCancer:
    """Is a tumour malignant or benign? 30 measurements of cell nuclei under the microscope, from 569 patients."""

    def generate(self, rng: np.random.Generator) -> Raw:
        return load("breast_cancer")


@dataset(
    "diabetes",
    label="Diabetes",
    task="regression",
    source="B. Efron, T. Hastie, I. Johnstone, R. Tibshirani (2004), Least Angle Regression",
    shape=(10,),
    columns=(
        "age (years)", "sex", "body mass index", "blood pressure", "total cholesterol", "LDL", "HDL",
        "cholesterol / HDL", "log triglycerides", "blood sugar",
    ),
    preset={
        "layers": mlp([], "tanh", out=1, out_activation="linear"),
        "training": training("mse", "sgd", 0.003),
    },
    **TABLE,
)  # fmt: skip
class Diabetes:
    """How far will diabetes have gone in a year? Ten facts about 442 patients; much of it no network can foresee."""

    def generate(self, rng: np.random.Generator) -> Raw:
        return load("diabetes", scaled=False)
