"""The catalogue as pydantic models: what the OpenAPI page shows and what finds the first mistakes in a request.

Nothing is declared here twice: every model of a part comes from its declaration. The engine stays the judge of an
experiment; these models pass on exactly what was sent.
"""

import math
from collections.abc import Callable
from functools import cache
from typing import Annotated, Any, Literal, Union

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, create_model
from pydantic_core import PydanticCustomError, core_schema

import engine.experiment  # noqa: F401  fills the catalogue
from engine.data import SEED as DATA_SEED
from engine.data import TRAIN_FRACTION
from engine.errors import SpecError
from engine.experiment import SEED
from engine.points import MOST_CLASSES, read_one
from engine.spec import ALIASES, CATALOGUE, Param, coerce, explanation, params


class Base(BaseModel):
    """Unknown fields, NaN and infinities are refused, once for all."""

    model_config = ConfigDict(
        extra="forbid",
        allow_inf_nan=False,
        validate_default=True,
        protected_namespaces=(),
    )


class Body(Base):
    """What is written out by hand: the string under a field explains it (slow to find, so not for the catalogue)."""

    model_config = ConfigDict(use_attribute_docstrings=True)


def number(value: Any) -> Any:
    """JSON numbers only: "5" and true are none. A whole float counts as a whole number, as JavaScript writes both."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise PydanticCustomError("number", "Expected a number.")
    if isinstance(value, float) and not math.isfinite(value):
        raise PydanticCustomError("number", "Expected a finite number.")
    return value


def flag(value: Any) -> Any:
    """true and false only: 1 and "yes" are not."""
    if not isinstance(value, bool):
        raise PydanticCustomError("flag", "Expected true or false.")
    return value


Whole = Annotated[int, BeforeValidator(number)]
Real = Annotated[float, BeforeValidator(number)]
Flag = Annotated[bool, BeforeValidator(flag)]
Text = Annotated[str, Field(strict=True)]


class NameOrObject:
    """Lets a part be given by its name alone, "relu" for {"type": "relu"}, and says so in the schema."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def expand(self, value: Any) -> Any:
        given = {"type": value} if isinstance(value, str) else value
        if isinstance(given, dict) and isinstance(name := given.get("type"), str):
            return {**given, "type": ALIASES.get((self.kind, name), name)}
        return given

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> core_schema.CoreSchema:
        return core_schema.no_info_before_validator_function(self.expand, handler(source))

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        names = {"type": "string", "enum": list(CATALOGUE[self.kind]), "title": "By name, with its defaults"}
        return {"anyOf": [names, handler(schema)]}


@cache
def part_model(kind: str, name: str) -> type[BaseModel]:
    """The model of one part."""
    cls = CATALOGUE[kind][name]
    fields: dict[str, Any] = {"type": (Literal[name], Field(description=cls.label))}
    fields |= {p.name: (annotation(p), info(p)) for p in params(cls)} | EXTRA.get(kind, {})
    title = "".join(word.capitalize() for word in f"{name}_{kind}".split("_"))
    return create_model(title, __base__=Base, __doc__=explanation(cls), **fields)


@cache
def any_of(kind: str) -> Any:
    """Any part of a kind, told apart by `type`."""
    models = tuple(part_model(kind, name) for name in CATALOGUE[kind])
    union = models[0] if len(models) == 1 else Annotated[Union[models], Discriminator("type")]  # noqa: UP007
    return Annotated[union, NameOrObject(kind)]


def annotation(p: Param) -> Any:
    """The type of a parameter. The engine's judge comes last, so that limits still reach the schema."""
    if p.widget == "part":
        made = any_of(p.kind)
    elif p.widget == "points":
        made = listed(p, point(p))
    else:
        plain: dict[str, Callable[[], Any]] = {
            "integer": lambda: entry(p, int),
            "real": lambda: entry(p, float),
            "flag": lambda: bool,
            "choice": lambda: Literal[p.options],
            "pair": lambda: pair(p),
            "shape": lambda: entries(p, int),
            "numbers": lambda: entries(p, float),
            "text": lambda: str,
        }
        made = Annotated[plain.get(p.widget, lambda: Any)(), judge(p)]
    return made | None if p.optional else made


def entry(p: Param, type_: type) -> Any:
    """A number between a parameter's limits."""
    low, high = "gt" if p.open_lo else "ge", "lt" if p.open_hi else "le"
    limits: dict[str, Any] = {low: p.lo, high: p.hi}
    return Annotated[type_, Field(**limits)]


def pair(p: Param) -> Any:
    """Two such numbers, or one for both."""
    number: Any = entry(p, int)
    return number | tuple[number, number]


def entries(p: Param, type_: type) -> Any:
    """A list of such numbers, one number, or a word that stands for a list."""
    made = entry(p, type_) | listed(p, entry(p, type_))
    return made | Literal[p.options] if p.options else made


def listed(p: Param, each: Any) -> Any:
    """A list as long as the parameter allows."""
    return Annotated[list[each], Field(min_length=p.length[0], max_length=p.length[1])]


def point(p: Param) -> Any:
    """One point of a list, judged alone, so that a mistake is told with its number."""
    number: Any = entry(p, float)
    third: Any = Annotated[int, Field(ge=0, lt=MOST_CLASSES)] if p.options[2] == "class" else number
    return Annotated[tuple[number, number, third], judge(p, read_one)]


def judge(p: Param, read: Callable[[Param, Any], Any] = coerce) -> BeforeValidator:
    """The engine's own check of a value, so that a mistake is told in the same words everywhere."""

    def check(value: Any) -> Any:
        try:
            return read(p, value)
        except SpecError as error:
            said = {"message": error.message, "fix": error.fix}
            raise PydanticCustomError("refused", "{message}", said) from None

    return BeforeValidator(check)


def info(p: Param) -> Any:
    """Default and help of a parameter."""
    return Field(p.default, description=p.help, title=p.label)


# What belongs to a layer's place in the network, and to a data set's use, rather than to the part itself.
EXTRA: dict[str, dict[str, Any]] = {
    "layer": {
        "id": (
            Text | None,
            Field(None, max_length=40, description="The layer's name within the network.", examples=["hidden1"]),
        ),
        "inputs": (
            list[Text] | None,
            Field(
                None, max_length=200, description='Ids of the layers it reads, or "input"; left out, the one before.'
            ),
        ),
    },
    "dataset": {
        "seed": (annotation(DATA_SEED), info(DATA_SEED)),
        "train_fraction": (
            annotation(TRAIN_FRACTION) | None,
            Field(None, description=f"{TRAIN_FRACTION.help} Left out, the data set's own share."),
        ),
        "features": (
            list[Text] | None,
            Field(
                None,
                max_length=1000,
                description="What the network is shown: for points of a plane any of "
                f"{', '.join(CATALOGUE['feature'])}, and formulas of your own in x and y: sin(3*x), sqrt(x^2 + y^2); "
                "for tables their columns. Left out, the usual ones.",
                examples=[["x", "y"]],
            ),
        ),
    },
}

Layer = any_of("layer")
Data = any_of("dataset")
Optimizer, Schedule, Regularizer, Loss = map(any_of, ("optimizer", "schedule", "regularizer", "loss"))
TRAINING = {p.name: p for p in params(CATALOGUE["settings"]["training"])}


class NetworkSpec(Body):
    """Layers in the order in which they are computed; the last one is the output."""

    version: Literal[1] = 1
    """Version of this format."""
    input: list[Whole] | None = Field(None, max_length=8, examples=[[2]])
    """Shape of one example without the batch, channels last. It follows from the data, so it may be left out."""
    layers: list[Layer] = Field(  # type: ignore[valid-type]
        min_length=1,
        max_length=200,
        examples=[
            [
                {"id": "hidden1", "type": "dense", "units": 4, "activation": "tanh"},
                {"id": "output", "type": "dense", "units": 1, "activation": "tanh"},
            ]
        ],
    )
    """Each reads the one before, unless its `inputs` say otherwise."""


TrainingSpec: type[BaseModel] = create_model(
    "TrainingSpec",
    __base__=Base,
    __doc__=explanation(CATALOGUE["settings"]["training"]),
    **{name: (annotation(p), info(p)) for name, p in TRAINING.items()},  # type: ignore[call-overload]
)


class ExperimentSpec(Body):
    """Everything a run follows from: the same experiment gives the same losses, bit for bit."""

    version: Literal[1] = 1
    """Version of this format."""
    seed: annotation(SEED) = info(SEED)  # type: ignore[valid-type]
    data: any_of("dataset") = Field("circle", examples=[{"type": "circle", "samples": 500, "noise": 0, "seed": 1}])  # type: ignore[valid-type]
    """What the network learns from."""
    network: NetworkSpec | None = None
    """Left out: the smallest network that solves the data set."""
    training: TrainingSpec | None = Field(None, examples=[{"batch_size": 10, "optimizer": {"type": "sgd"}}])  # type: ignore[valid-type]
    """Left out: the defaults; with the network left out too, what suits it."""
