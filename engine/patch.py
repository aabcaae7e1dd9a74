"""An experiment with a few things changed, in JSON: what a fork, a twin or a suggested experiment says.

    {"learning_rate": 0.1}                                        a setting, as it can be changed during a run
    {"data": {"noise": 20}, "training": {"loss": "mae"}}          fields of the experiment, merged into what is there
    {"network": {"layers": {"hidden1": {"activation": "relu"}}}}  one layer by its id; null takes it out
    {"network": {"layers": [...]}}                                all layers anew

Objects are merged field by field; null brings a field's default back; a part given by its name, or with another
`type` than it had, takes the place of the old one.
"""

from typing import Any

from engine.errors import SpecError
from engine.experiment import Training
from engine.spec import params, show

SPEC = ("seed", "data", "network", "training")
RUN = ("frozen", "speed")  # settings of a run that are no part of an experiment


def live_settings() -> tuple[str, ...]:
    """The training settings that may change during a run."""
    return tuple(p.name for p in params(Training) if p.live)


def check_names(changes: Any) -> None:
    """Raises SpecError where something is not a change."""
    if not isinstance(changes, dict):
        raise SpecError(f"Expected an object, got {show(changes)}.", fix='Such as {"learning_rate": 0.1}.')
    known = (*SPEC, "learning_rate", *live_settings(), *RUN)
    for key in changes:
        if key not in known:
            fix = f"What is: {', '.join(known)}."
            raise SpecError(f"There is nothing called {show(key)} to change.", where=str(key)[:60], fix=fix)
    if not isinstance(changes.get("training", {}), dict):
        raise SpecError(f"Expected an object, got {show(changes['training'])}.", where="training")


def patched(spec: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """The experiment `spec` (complete JSON) with the changes; `frozen` and `speed` are left to the run.

    The result is not checked: `Experiment.from_json` does that. Raises SpecError where a change is none.
    """
    check_names(changes)
    out = merge(spec, {key: value for key, value in changes.items() if key in ("seed", "data", "training")})
    if "network" in changes:
        out["network"] = _network(spec["network"], changes["network"])
    out = merge(out, {"training": {key: value for key, value in changes.items() if key in live_settings()}})
    if "learning_rate" in changes:
        out = merge(out, {"training": {"optimizer": {"learning_rate": changes["learning_rate"]}}})
    return out


def merge(old: Any, new: Any) -> Any:
    """JSON merge patch (RFC 7396), where another `type` replaces rather than merges."""
    if not isinstance(new, dict):
        return new
    if not isinstance(old, dict) or ("type" in new and new["type"] != old.get("type")):
        old = {}
    out = dict(old)
    for key, value in new.items():
        if value is None:
            out.pop(key, None)
        else:
            out[key] = merge(out.get(key), value)
    return out


def _network(old: dict[str, Any], new: Any) -> Any:
    layers = new.get("layers") if isinstance(new, dict) else None
    if not isinstance(layers, dict):
        return new  # as a whole, or something that the check will refuse
    known = {layer["id"]: layer for layer in old["layers"]}
    for id in layers:
        if id not in known:
            where = f"network.layers.{str(id)[:60]}"
            raise SpecError(f"There is no layer {show(id)}.", where=where, fix=f"There are: {', '.join(known)}.")
    kept = [
        {"id": id, **merge(layer, layers[id])} if id in layers else layer
        for id, layer in known.items()
        if layers.get(id, {}) is not None
    ]
    return {**old, "layers": kept}
