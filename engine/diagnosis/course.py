"""What the course of the losses says: gone, jumping, creeping, learned by heart, or nothing learned at all."""

import math
from collections.abc import Callable, Iterable

import numpy as np

from engine.diagnosis.evidence import Evidence, Experiment, Finding

# A third of all epochs worse than the one before, by 2 % and more, and a tenth of change in the mean: noise of batches
# gives smaller ones as long as the rate suits.
RISES, JUMP = 0.3, 0.1
# A loss of twice the start's is worse than not having trained.
RISING = 2.0
# Below half a per cent an epoch, with updates that move the weights by less than a ten-thousandth of their length
# (about a thousandth is usual): more epochs or a larger rate. Below a millionth an epoch it does not move at all.
SLOW, STILL, STEP = 0.005, 1e-6, 1e-4
# A quarter above its lowest, and half above the training loss: more than the noise of a test part.
WORSE, APART = 1.25, 1.5
# Who knows the examples by heart has at most this share of the loss left on them.
LEARNED = 0.5
# Accuracy that chance alone may bring: two standard deviations, and 2 % for what is not worth a mention.
LUCK, MARGIN = 2.0, 0.02
# Whoever still gets better by this much from one half of the last epochs to the other is not stuck.
MOVING = 0.97
# Fewer updates an epoch than this.
UPDATES = 3


def diverged(e: Evidence, ended: bool) -> Finding | None:
    """Numbers that are no longer finite. The only finding, since all others need numbers."""
    rows = e.recent
    lost = ended or (bool(len(rows)) and not np.isfinite(rows[-1, 2:4]).all())
    if not lost and e.trainer.finite():
        return None
    rate = e.rate / 10
    attempt = Experiment("try_rate", {"rate": rate}, {"learning_rate": rate})
    epoch = float(e.trainer.epoch + e.trainer.position / e.trainer.samples)
    return Finding("diverged", "problem", "diverged", {"epoch": math.floor(epoch), "rate": e.rate}, None, attempt)


def too_large(e: Evidence) -> Iterable[Finding]:
    """A loss that jumps without getting lower, or one far above the start's."""
    if not e.enough or e.solved:
        return
    rises, jump, _ = e.jumps
    loss = e.column("train_loss")
    first, now = float(e.column("train_loss", e.course)[0]), float(loss[-1])
    rate = e.rate / 10
    attempt = Experiment("try_rate", {"rate": rate}, {"learning_rate": rate})
    half = len(loss) // 2
    lower = float(np.mean(loss[half:])) < 0.9 * float(np.mean(loss[:half]))
    if now > RISING * first:
        values = {"times": now / first, "rate": e.rate}
        yield Finding("rate_too_large", "problem", "rate_too_large_rising", values, None, attempt)
    elif rises >= RISES and jump >= JUMP and not lower:
        values = {"jump": jump, "rises": rises, "rate": e.rate}
        yield Finding("rate_too_large", "warning", "rate_too_large", values, None, attempt)


def too_small(e: Evidence) -> Iterable[Finding]:
    """A loss that falls evenly and hardly, by updates that are tiny."""
    if not e.enough or e.solved:
        return
    rises, _, fall = e.jumps
    if rises > 0.05 or not STILL < fall < SLOW or e.step > STEP:
        return
    rate = e.rate * 10
    attempt = Experiment("try_rate", {"rate": rate}, {"learning_rate": rate}, at=None)
    values = {"fall": fall, "step": e.step, "rate": e.rate}
    yield Finding("rate_too_small", "warning", "rate_too_small", values, None, attempt)


def overfitting(e: Evidence) -> Iterable[Finding]:
    """A test loss that was lower before, far above the training loss."""
    if not e.enough:
        return
    test, epochs = e.column("test_loss", e.course), e.column("epoch", e.course)
    lowest, now = int(np.argmin(test)), e.now
    good = now["test_metric"] >= (0.97 if e.classes else 0.95)
    apart = now["test_loss"] > APART * now["train_loss"] and now["test_loss"] > WORSE * float(test[lowest])
    train = e.column("train_loss", e.course)
    learned = now["train_loss"] <= min(float(train[lowest]), LEARNED * float(train[0]))
    if good or not apart or not learned:
        return
    attempt = Experiment("try_l2", {"rate": 0.003}, {"regularizer": {"type": "l2", "rate": 0.003}})
    values = {
        "epoch": float(epochs[lowest]),
        "lowest": float(test[lowest]),
        "test": now["test_loss"],
        "train": now["train_loss"],
        "examples": e.trainer.samples,
        "parameters": int(e.trainer.parameters.flat.size),
    }
    yield Finding("overfitting", "warning", "overfitting", values, None, attempt)


def chance(e: Evidence) -> Iterable[Finding]:
    """No better than somebody who does not look."""
    loss = e.column("train_loss")
    half = len(loss) // 2
    if not e.enough or float(np.mean(loss[half:])) < MOVING * float(np.mean(loss[:half])):
        return
    attempt = e.another_optimizer()
    metric = e.now["train_metric"]
    if not e.classes:
        if metric <= MARGIN:
            yield Finding("chance", "warning", "chance_values", {"r2": metric}, None, attempt)
        return
    data = e.trainer.data
    counts = np.bincount(data.targets[data.train].astype(np.int64), minlength=e.classes)
    majority = float(counts.max() / counts.sum())
    luck = LUCK * math.sqrt(majority * (1 - majority) / counts.sum())
    if metric <= majority + max(luck, MARGIN):
        values = {"accuracy": metric, "majority": majority}
        yield Finding("chance", "warning", "chance", values, None, attempt)


def large_batch(e: Evidence) -> Iterable[Finding]:
    """So large a batch that epochs hardly change anything."""
    n, size = e.trainer.samples, e.trainer.training.batch_size
    updates = -(-n // size)
    if not e.enough or e.solved or updates >= UPDATES or e.trainer.update > 1000 or n < 20:
        return
    smaller = max(1, n // 20)
    attempt = Experiment("try_batch", {"size": smaller}, {"batch_size": smaller}, at=None)
    values = {
        "share": min(1.0, size / n),
        "examples": n,
        "epoch": float(e.trainer.epoch),
        "update": e.trainer.update,
    }
    yield Finding("large_batch", "hint", "large_batch", values, None, attempt)


CHECKS: tuple[Callable[[Evidence], Iterable[Finding]], ...] = (too_large, too_small, overfitting, chance, large_batch)
