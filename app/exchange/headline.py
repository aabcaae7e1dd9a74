"""A shared run in words: what a link's preview says."""

from collections.abc import Callable
from typing import Any

from engine.spec import CATALOGUE, lookup, params

SHOWN = 5  # layers named
Say = Callable[[str], str]  # a sentence in the reader's language


def headline(facts: dict[str, Any], _: Say = str) -> str:
    """The title its maker gave, or the data set and the layers."""
    return facts["title"] or f"{_(data_label(facts['spec']))}: {layers(facts['spec'], _)}"


def describe(facts: dict[str, Any], _: Say = str) -> str:
    """How far it is and how well it does; or what to do with one that is not trained."""
    test = facts["numbers"].get("test_loss")
    if not facts["trained"] or test is None:
        return _("A neural network to play with. Press play and watch it learn.")
    said = [_("Epoch {n}").format(n=f"{facts['epoch']:,}"), _("test loss {loss}").format(loss=f"{test:.4g}")]
    metric = facts["numbers"].get("test_metric")
    if metric is not None and lookup("dataset", facts["spec"]["data"]["type"]).task == "classification":  # type: ignore[attr-defined]
        said.append(_("accuracy {share}").format(share=f"{metric:.0%}"))
    return " · ".join(said)


def data_label(spec: dict[str, Any]) -> str:
    return str(lookup("dataset", spec["data"]["type"]).label)


def layers(spec: dict[str, Any], _: Say = str) -> str:
    """The layers by their names and sizes: "Dense 8, Dense 8, Dense 1"."""
    named = []
    for layer in spec["network"]["layers"]:
        cls = CATALOGUE["layer"].get(layer["type"])
        label = _(cls.label) if cls else layer["type"]
        sizes = [layer.get(p.name) for p in params(cls)] if cls else []
        number = next((size for size in sizes if isinstance(size, int) and not isinstance(size, bool)), None)
        named.append(f"{label} {number}" if number else str(label))
    return ", ".join(named if len(named) <= SHOWN else [*named[:3], "…", named[-1]])
