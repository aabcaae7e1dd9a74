"""A run as a Keras 3 program that shows its own loss to be the page's, and can go on training."""

from typing import Any

from engine.errors import SpecError
from engine.export.code import code, code_of, with_arguments, wrapped
from engine.export.keras_net import build_code
from engine.export.numbers import number
from engine.export.program import Program, check_code
from engine.export.snapshot import Snapshot
from engine.export.state import keras_state
from engine.schedules import WARM_START

FOREVER = "10**7"
# The factor of each schedule in the epoch of that number. PLATEAU has a callback of its own.
COURSES = {
    "constant": "",
    "cosine": "({floor} + (1 - {floor}) * (1 + math.cos(math.pi * min(epoch / {epochs}, 1))) / 2)",
    "exponential_decay": "{gamma} ** epoch",
    "step_decay": "{gamma} ** (epoch // {every})",
}
COSINE = "(1 + math.cos(math.pi * min(epoch / {epochs}, 1))) / 2"  # down to zero
PLATEAU = "keras.callbacks.ReduceLROnPlateau(factor={gamma}, patience={patience}, min_lr={floor} * {rate})"


def keras_program(s: Snapshot) -> dict[str, bytes]:
    """The files of the program. Raises SpecError for what Keras has no form of."""
    math = ["import math"] if s.training.schedule.name == "cosine" else []
    needs = "Keras 3 and one of its backends: pip install keras torch"
    imports = [*math, "import sys", "import keras", "import numpy as np"]
    program = Program(s, "keras", needs, keras_state(s.network, s.weights), imports)
    program.add(build_code(s.network, s.training.regularizer))
    program.add(_loss(s))
    program.add("\n\n\n".join([*_rate(s), _train(s)]))
    program.add(
        'def load(model):\n    """Give the network the weights that it had on the page."""\n'
        "    for layer in model.layers:\n"
        '        layer.set_weights([WEIGHTS[f"{layer.name}/{variable.name}"] for variable in layer.weights])'
    )
    piece = f", batch_size={program.piece() or 1000}"
    program.add(
        _mean_loss(s, piece) + "\n\n\n" + check_code("mean_loss(model, x[here], y[here])", arguments="model, ").strip()
    )
    return program.files()


def loss_code(s: Snapshot, *, sums: bool) -> str:
    """The loss as Keras has it. sums: of what the output layer gives before its activation."""
    if s.training.loss.name == "categorical_cross_entropy":
        return f"keras.losses.SparseCategoricalCrossentropy({'from_logits=True' if sums else ''})"
    return code(s.training.loss, "keras", from_logits=sums)


def _loss(s: Snapshot) -> str:
    lines = [f"loss_function = {loss_code(s, sums=s.coding.logits)}"]
    if s.class_weights is not None:
        lines.append(f"CLASS_WEIGHTS = np.array([{', '.join(number(w) for w in s.class_weights)}], dtype=np.float32)")
        if s.training.loss.name == "categorical_cross_entropy":
            classes = "y"
        else:
            one = s.coding.outputs == 1
            classes = f"(y[:, 0] == {number(s.coding.high)}).astype(int)" if one else "y.argmax(axis=1)"
        lines += [
            "",
            "",
            "def counted(y):",
            '    """How much each example counts in the loss: as much as its class."""',
            f"    return CLASS_WEIGHTS[{classes}]",
        ]
    return "\n".join(lines)


def _mean_loss(s: Snapshot, piece: str) -> str:
    weights = "" if s.class_weights is None else ", sample_weight=counted(y)"
    if not s.joint:
        text = '"""The mean loss over some examples."""'
        return (
            f"def mean_loss(model, x, y):\n    {text}\n"
            f"    return float(loss_function(y, model.predict(x, verbose=0{piece}){weights}))"
        )
    last: Any = s.network.output
    lines = [
        "def mean_loss(model, x, y):",
        '    """The mean loss, from the sums before the last activation: probabilities near 0 and 1 lose digits."""',
        "    last = model.layers[-1]",
    ]
    first = last.inputs == ("input",)
    before = "x" if first else f"keras.Model(model.inputs, last.input).predict(x, verbose=0{piece})"
    if last.layer.name == "activation":
        lines.append(f"    sums = {before}")
    else:
        lines.append(f"    inputs = {before}")
        bias = " + last.get_weights()[1]" if last.layer.bias else ""
        lines.append(f"    sums = inputs @ last.get_weights()[0]{bias}")
    lines.append(f"    return float({loss_code(s, sums=True)}(y, sums{weights}))")
    return "\n".join(lines)


def course(schedule: Any) -> str:
    """The factor of the learning rate as an expression of `epoch`; nothing where it is always 1."""
    if schedule.name not in COURSES and not schedule.watches:
        raise SpecError(f"The schedule {schedule.label} has no form in Keras.", where="training.schedule")
    text = COURSES.get(schedule.name, "")
    if schedule.name == "cosine" and schedule.floor == 0:
        text = COSINE
    text = code_of(text, schedule)
    if not schedule.warmup:
        return text
    climb = f"min(1, {WARM_START} + {1 - WARM_START:g} * epoch / {schedule.warmup:g})"
    return f"{text} * {climb}" if text else climb


def _rate(s: Snapshot) -> list[str]:
    factor = course(s.training.schedule)
    if not factor:
        return []
    rate = s.training.optimizer.learning_rate
    return [f'def rate(epoch, _):\n    """The learning rate in an epoch."""\n    return {rate!r} * {factor}']


def optimizer_code(s: Snapshot) -> str:
    """The optimizer with its clipping: Keras clips in one way only, so values go first."""
    t = s.training
    made = code(t.optimizer, "keras")
    if t.clip_value is not None:
        return with_arguments(made, clipvalue=repr(t.clip_value))
    return made if t.clip_norm is None else with_arguments(made, global_clipnorm=repr(t.clip_norm))


def _train(s: Snapshot) -> str:
    t = s.training
    callbacks = ["keras.callbacks.LearningRateScheduler(rate)"] if course(t.schedule) else []
    if t.schedule.watches:
        callbacks.append(code_of(PLATEAU, t.schedule, rate=t.optimizer.learning_rate))
    if t.patience is not None:
        best = ", restore_best_weights=True" if t.restore_best else ""
        callbacks.append(f"keras.callbacks.EarlyStopping(patience={t.patience}{best})")
    facts = [f"batch_size={t.batch_size}", f"epochs={FOREVER if t.epochs is None else t.epochs}"]
    facts += [] if t.shuffle else ["shuffle=False"]
    facts += ["sample_weight=counted(y[:TRAIN])"] if s.class_weights is not None else []
    facts.append("validation_data=(x[TRAIN:], y[TRAIN:])")
    facts += [f"callbacks=[{', '.join(callbacks)}]"] if callbacks else []
    lines = [
        "def train(model, x, y):",
        '    """Go on training with the settings of the page; optimizer and schedule start anew."""',
        "    keras.utils.set_random_seed(SEED)",
        wrapped(f"model.compile(optimizer={optimizer_code(s)}, loss=loss_function)", 4),
        *(["    # until it is stopped with Ctrl+C"] if t.epochs is None else []),
        wrapped(f"model.fit(x[:TRAIN], y[:TRAIN], {', '.join(facts)})", 4),
    ]
    return "\n".join(lines)
