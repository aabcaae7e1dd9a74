"""How a network goes on training, as a function of a PyTorch program."""

from typing import Any

from engine.errors import SpecError
from engine.export.code import code, code_of, wrapped
from engine.export.snapshot import Snapshot
from engine.schedules import WARM_START

# Each schedule as PyTorch has it; the catalogue's own text where there is none here.
SCHEDULES = {
    "constant": "",
    "cosine": "torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, {epochs}, eta_min={floor} * {rate})",
    "plateau": "torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor={gamma}, patience={patience},"
    " min_lr={floor} * {rate})",
}
TEST = "test_loss = loss_function(model(x[TRAIN:]), y[TRAIN:]).item()"


def schedulers(schedule: Any, rate: float) -> list[str]:
    """The code of the schedulers that have to be stepped after each epoch."""
    main = SCHEDULES.get(schedule.name, schedule.torch)
    if schedule.name not in SCHEDULES and not main:
        raise SpecError(f"The schedule {schedule.label} has no form in PyTorch.", where="training.schedule")
    out = [code_of(main, schedule, rate=rate)] if main else []
    if schedule.warmup:
        out.append(f"torch.optim.lr_scheduler.LinearLR(optimizer, {WARM_START}, total_iters={schedule.warmup:g})")
    return out


def train_code(s: Snapshot) -> str:
    """`train(model, x, y)`, with everything that the page has set."""
    t = s.training
    made = schedulers(t.schedule, t.optimizer.learning_rate)
    tests = t.patience is not None or t.schedule.watches
    penalty = " + penalty(model)" if t.regularizer.name != "none" else ""
    loop = f"range({t.epochs})" if t.epochs is not None else "itertools.count()"
    until = "" if t.epochs is not None else "  # until it is stopped with Ctrl+C"
    lines = [
        "def train(model, x, y):",
        '    """Go on training with the settings of the page; optimizer and schedule start anew."""',
        "    torch.manual_seed(SEED)",
        wrapped(code(t.optimizer, "torch"), 4, "optimizer = "),
        *(wrapped(text, 4, f"{name} = ") for name, text in zip(("scheduler", "warmup"), made, strict=False)),
        "    examples = torch.utils.data.TensorDataset(x[:TRAIN], y[:TRAIN])",
        f"    batches = torch.utils.data.DataLoader(examples, batch_size={t.batch_size}, shuffle={t.shuffle})",
        *(['    best, waited = float("inf"), 0'] if t.patience is not None else []),
        f"    for epoch in {loop}:{until}",
        "        model.train()",
        "        for inputs, targets in batches:",
        "            optimizer.zero_grad()",
        f"            loss = loss_function(model(inputs), targets){penalty}",
        "            loss.backward()",
    ]
    if t.clip_value is not None:
        lines.append(f"            nn.utils.clip_grad_value_(model.parameters(), {t.clip_value})")
    if t.clip_norm is not None:
        lines.append(f"            nn.utils.clip_grad_norm_(model.parameters(), {t.clip_norm})")
    lines.append("            optimizer.step()")
    if tests:
        lines += ["        model.eval()", "        with torch.no_grad():", f"            {TEST}"]
    steps = [
        f"{name}.step({'test_loss' if t.schedule.watches and name == 'scheduler' else ''})"
        for name in ("scheduler", "warmup")[: len(made)]
    ]
    lines += [f"        {step}" for step in steps]
    lines.append('        print(f"epoch {EPOCH + epoch + 1}: loss of the last batch {loss.item():.6f}")')
    if t.patience is not None:
        lines += _patience(t.patience, t.restore_best)
    return "\n".join(lines)


def _patience(patience: int, restore: bool) -> list[str]:
    """Stop where the test loss has not fallen for so long."""
    keep = ["            kept = {name: a.clone() for name, a in model.state_dict().items()}"] if restore else []
    bring_back = ["            model.load_state_dict(kept)"] if restore else []
    return [
        "        waited = 0 if test_loss < best else waited + 1",
        "        if test_loss < best:",
        "            best = test_loss",
        *keep,
        f"        if waited == {patience}:",
        *bring_back,
        "            break",
    ]
