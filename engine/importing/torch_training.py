"""How a PyTorch program trains its network: loss, optimizer, schedule, batches and epochs, as settings here."""

import ast
from typing import Any

from engine.export.signatures import TORCH
from engine.export.torch import LOSSES as FUNCTIONS
from engine.importing.arguments import Arguments, shown, whole
from engine.importing.result import Imported
from engine.importing.source import Call, Lambda, match
from engine.importing.torch_parts import LOSS_FUNCTIONS, LOSSES, OPTIMIZERS, loss, optimizer
from engine.importing.torch_walker import TorchWalker

SEEDS = ("manual_seed", "seed")


def take(walker: TorchWalker, tree: ast.Module, found: Imported) -> None:
    """Put what the program says about training into `found`. Raises SpecError with the line for what is not here."""
    t, notes = found.training, found.notes
    for call in walker.calls:
        if call.name in OPTIMIZERS and ".optim" in call.path:
            t |= optimizer(call, notes)
        elif call.name in SEEDS and call.args and isinstance(call.args[0], int) and found.seed is None:
            found.seed = call.args[0]
        elif call.name == "DataLoader":
            _batches(call, found)
        elif call.name in ("clip_grad_norm_", "clip_grad_value_") and len(call.args) > 1:
            t["clip_norm" if "norm" in call.name else "clip_value"] = call.args[1]
        elif ".lr_scheduler." in call.path or call.name in SCHEDULES:
            _schedule(call, found)
    _loss(walker, found)
    _own_loss(tree, found)
    _penalty(tree, found)
    _patience(tree, found)
    if isinstance(weights := _listed(walker.values.get("CLASS_WEIGHTS")), list):
        t["class_weights"] = weights
    if walker.epochs:
        t["epochs"] = walker.epochs[-1][1]


def _loss(walker: TorchWalker, found: Imported) -> None:
    """The last loss that the program makes; its output layer, if that says probabilities, has to fit."""
    made: Call | None = None
    for call in walker.calls:
        if call.name in LOSSES and (".nn" in call.path or call.path == call.name):
            made = call
        elif call.name in LOSS_FUNCTIONS and "functional" in call.path or call.name == "cross_entropy":
            made = Call(LOSS_FUNCTIONS[call.name], (), {}, call.node)
    function = walker.values.get("loss_function")
    if isinstance(function, Lambda):
        for name, text in FUNCTIONS.items():
            if function.text == ast.unparse(ast.parse(text, mode="eval")):
                found.training["loss"] = name
                return
    if made is None:
        return
    spec = loss(made)
    if made.name == "HuberLoss" or len(spec) > 1:
        found.training["loss"] = spec
    else:
        found.training["loss"] = spec["type"]
    last = found.network["layers"][-1]
    f = last.get("activation", "linear")
    name = f if isinstance(f, str) else f["type"]
    probabilities = {"BCEWithLogitsLoss": "sigmoid", "CrossEntropyLoss": "softmax"}.get(made.name)
    if probabilities is not None and name == probabilities and not found.page.get("predict"):
        found.notes.append(
            f"Line {made.line}: nn.{made.name} wants sums, but the network ends with {name}, so PyTorch applies it"
            " twice; here it is applied once."
        )
    if made.name in ("BCELoss", "NLLLoss") and name == "linear":
        found.notes.append(f"Line {made.line}: nn.{made.name} wants probabilities; the outputs are read as sums here.")


def _own_loss(tree: ast.Module, found: Imported) -> None:
    """A loss without a class in PyTorch, written out in a function as our own programs do."""
    written = {
        ast.unparse(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name == "loss_function"
        for inner in ast.walk(node)
        if isinstance(inner, ast.expr)
    }
    for name, text in FUNCTIONS.items():
        each = text.split(": ", 1)[1].removesuffix(".mean()")
        if ast.unparse(ast.parse(each, mode="eval")) in written:
            found.training["loss"] = name


def _patience(tree: ast.Module, found: Imported) -> None:
    """`if waited == 3: break`, as our own programs have it, with the best weights brought back or not."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.If) or not isinstance(node.body[-1], ast.Break):
            continue
        places = match("waited == N", node.test)
        if places and isinstance(places["N"], ast.Constant) and isinstance(places["N"].value, int):
            found.training["patience"] = places["N"].value
            found.training["restore_best"] = any("load_state_dict" in ast.unparse(s) for s in node.body)


def _batches(call: Call, found: Imported) -> None:
    """The loader that shuffles is the one that trains."""
    size = call.keywords.get("batch_size", call.args[1] if len(call.args) > 1 else 1)
    shuffle = call.keywords.get("shuffle", call.args[2] if len(call.args) > 2 else False)
    first = "batch_size" not in found.training
    if isinstance(size, int) and (first or shuffle is True):
        found.training["batch_size"] = size
        found.training["shuffle"] = bool(shuffle is True)


SCHEDULES = ("StepLR", "ExponentialLR", "CosineAnnealingLR", "LinearLR", "ReduceLROnPlateau")


def _schedule(call: Call, found: Imported) -> None:
    t = found.training
    rate = t.get("optimizer", {}).get("learning_rate", 0)
    if call.name == "ReduceLROnPlateau":
        given = call.keywords
        made = {"type": "plateau", "gamma": given.get("factor", 0.1), "patience": given.get("patience", 10)}
        if rate and isinstance(given.get("min_lr", 0), int | float):
            made["floor"] = given.get("min_lr", 0) / rate
        t["schedule"] = made
        return
    if call.name not in TORCH:
        found.notes.append(f"Line {call.line}: the schedule {call.name} has no counterpart here and was left out.")
        return
    a = Arguments(call, TORCH[call.name])
    before = t.get("schedule", {})
    warm = {"warmup": before["warmup"]} if "warmup" in before else {}
    if call.name == "StepLR":
        every = whole(a.take("step_size"), "step_size", call.line)
        t["schedule"] = {"type": "step_decay", "every": every, "gamma": a.take("gamma"), **warm}
    elif call.name == "ExponentialLR":
        t["schedule"] = {"type": "exponential_decay", "gamma": a.take("gamma"), **warm}
    elif call.name == "CosineAnnealingLR":
        floor = a.take("eta_min") / rate if rate else 0.0
        epochs = whole(a.take("T_max"), "T_max", call.line)
        t["schedule"] = {"type": "cosine", "epochs": epochs, "floor": floor, **warm}
    else:
        if a.take("end_factor") != 1.0:
            found.notes.append(f"Line {call.line}: {shown(call)} is read as a warm-up.")
        t["schedule"] = {**(before or {"type": "constant"}), "warmup": float(a.take("total_iters"))}


def _penalty(tree: ast.Module, found: Imported) -> None:
    """The function `penalty` of our own programs."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef) or node.name != "penalty" or not isinstance(node.body[-1], ast.Return):
            continue
        value = node.body[-1].value
        for kind, pattern in (("l2", "R / 2 * sum(T for w in weights)"), ("l1", "R * sum(T for w in weights)")):
            places = match(pattern, value) if value is not None else None
            if places and isinstance(places["R"], ast.Constant):
                found.training["regularizer"] = {"type": kind, "rate": places["R"].value}
                return


def _listed(made: Any) -> list[float] | None:
    entries = made.args[0] if isinstance(made, Call) and made.args else None
    numbers = isinstance(entries, list) and all(isinstance(n, int | float) for n in entries)
    return [float(n) for n in entries] if numbers and isinstance(entries, list) else None
