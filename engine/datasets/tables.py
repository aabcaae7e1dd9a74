"""Real measurements as tables of numbers, read from the files that ship inside scikit-learn.

Inputs are standardized by `engine.data`; here they are in the units of whoever measured them.
"""

import importlib.util
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from engine.datasets.base import Raw, dataset, mlp, training
from engine.errors import DataError

SOFTMAX: dict[str, Any] = {"out": 3, "out_activation": "softmax"}
TABLE: dict[str, Any] = {"view": "table", "train_fraction": 0.8}


# name: file of inputs, first lines to pass over, separator, file of targets (empty: the last column)
FILES = {
    "iris": ("iris.csv", 1, ",", ""),
    "wine": ("wine_data.csv", 1, ",", ""),
    "breast_cancer": ("breast_cancer.csv", 1, ",", ""),
    "digits": ("digits.csv.gz", 0, ",", ""),
    "diabetes": ("diabetes_data_raw.csv.gz", 0, " ", "diabetes_target.csv.gz"),
}


@cache
def load(name: str) -> Raw:
    """One of the sets whose files lie inside scikit-learn: (n, columns) float64, targets int64 or float64.

    Only the files are read: importing the library takes seconds and a hundred megabytes in every worker.
    """
    found = importlib.util.find_spec("sklearn")
    if found is None or not found.submodule_search_locations:
        raise DataError(f"The files of {name} come with scikit-learn, which is not installed.", where="type")
    folder = Path(found.submodule_search_locations[0], "datasets", "data")
    file, skip, separator, apart = FILES[name]
    inputs = np.loadtxt(folder / file, delimiter=separator, skiprows=skip)
    if apart:
        targets = np.loadtxt(folder / apart)
    else:
        inputs, targets = np.ascontiguousarray(inputs[:, :-1]), inputs[:, -1].astype(np.int64)
    for array in (inputs, targets):
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
        return load("diabetes")
