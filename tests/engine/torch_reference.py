"""PyTorch as a second opinion: what each part of the catalogue is there.

**A new part needs one row**: a function under the part's name in the table of its kind, a layer's in
`torch_layers.py`; a test fails until it is there. All tensors are float64 and as the user sees them: samples first,
channels last, (N, *shape).

    @layer("dense")
    def dense(layer, w, mode, x):
        return F.linear(x, w["kernel"].T, w.get("bias"))

A layer's function gets the declared layer (its parameters are attributes), its weights `w` by the user's names
(`trainer.weights()`; arrays that training updates without a gradient are in it too, to be changed in place while
`mode.training`), the `mode`, and its inputs, several for a layer that joins. It gives the output before the layer's
`activation`, which is put behind it here as in the engine. Random numbers come from `mode.rng`, a NumPy generator
in the state that the engine's has: draw as many, in the same order, in the shape that the engine stores.
"""

import copy
import math
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812  as everybody calls it

from engine.events import Step
from engine.experiment import Experiment
from engine.network import INPUT, Network
from engine.train import Trainer
from tests.engine.scaffold import Piece
from tests.engine.torch_layers import LAYERS, Mode, piece

UPDATES = 50
RELATIVE = 1e-9  # 1e-5 is what is promised; a constant in the wrong place can hide below that


class StraightThrough(torch.autograd.Function):
    """The step, with the derivative of clip(z + ½, 0, 1) in its place."""

    @staticmethod
    def forward(ctx, z):
        ctx.save_for_backward(z)
        return (z > 0).to(z.dtype)

    @staticmethod
    def backward(ctx, dy):
        (z,) = ctx.saved_tensors
        return dy * (z.abs() < 0.5)


# f: the declared activation, z: (N, *shape)
ACTIVATIONS: dict[str, Callable[[Any, Tensor], Tensor]] = {
    "linear": lambda f, z: z,
    "relu": lambda f, z: F.relu(z),
    "leaky_relu": lambda f, z: F.leaky_relu(z, f.negative_slope),
    "elu": lambda f, z: F.elu(z, f.alpha),
    "tanh": lambda f, z: torch.tanh(z),
    "sigmoid": lambda f, z: torch.sigmoid(z),
    "softmax": lambda f, z: F.softmax(z, dim=-1),
    "softplus": lambda f, z: F.softplus(z, threshold=1e9),
    "silu": lambda f, z: F.silu(z),
    "gelu": lambda f, z: F.gelu(z, approximate="tanh"),
    "step": lambda f, z: StraightThrough.apply(z),
}


def _binary_cross_entropy(loss, y, t, logits):
    return F.binary_cross_entropy_with_logits(y, t) if logits else F.binary_cross_entropy(y, t)


def _categorical_cross_entropy(loss, y, t, logits):
    return F.cross_entropy(y, t) if logits else -(t * torch.log(y)).sum(-1).mean()


# y: outputs (N, outputs) as the user sees them, t: targets in the engine's coding, logits: y are sums still
LOSSES: dict[str, Callable[[Any, Tensor, Tensor, bool], Tensor]] = {
    "mse": lambda loss, y, t, logits: F.mse_loss(y, t),
    "mae": lambda loss, y, t, logits: F.l1_loss(y, t),
    "huber": lambda loss, y, t, logits: F.huber_loss(y, t, delta=loss.delta),
    "hinge": lambda loss, y, t, logits: F.relu(1 - t * y).mean(),
    "binary_cross_entropy": _binary_cross_entropy,
    "categorical_cross_entropy": _categorical_cross_entropy,
}

# r: the declared regularizer, w: the weights it acts on
REGULARIZERS: dict[str, Callable[[Any, list[Tensor]], Tensor]] = {
    "none": lambda r, w: torch.zeros(()),
    "l1": lambda r, w: r.rate * sum(a.abs().sum() for a in w),
    "l2": lambda r, w: r.rate / 2 * sum(a.square().sum() for a in w),
}


def _sgd(o, p):
    return torch.optim.SGD(p, lr=o.learning_rate, momentum=o.momentum, nesterov=o.nesterov)


def _rmsprop(o, p):
    return torch.optim.RMSprop(p, lr=o.learning_rate, alpha=o.rho, momentum=o.momentum, eps=o.epsilon)


def _adam(o, p):
    return torch.optim.Adam(p, lr=o.learning_rate, betas=(o.beta1, o.beta2), eps=o.epsilon)


def _adamw(o, p):
    return torch.optim.AdamW(
        p, lr=o.learning_rate, betas=(o.beta1, o.beta2), eps=o.epsilon, weight_decay=o.weight_decay
    )


# o: the declared optimizer, p: every trained tensor
OPTIMIZERS: dict[str, Callable[[Any, Iterable[Tensor]], torch.optim.Optimizer]] = {
    "sgd": _sgd,
    "adagrad": lambda o, p: torch.optim.Adagrad(p, lr=o.learning_rate, eps=o.epsilon),
    "rmsprop": _rmsprop,
    "adadelta": lambda o, p: torch.optim.Adadelta(p, lr=o.learning_rate, rho=o.rho, eps=o.epsilon),
    "adam": _adam,
    "adamw": _adamw,
}

# s: the declared schedule; stepped once an epoch, PyTorch's give the same factor at the start of each epoch. Warm-up is
# LinearLR's, multiplied.
SCHEDULES: dict[str, Callable[[Any, torch.optim.Optimizer], Any]] = {
    "constant": lambda s, o: torch.optim.lr_scheduler.ConstantLR(o, factor=1.0),
    "step_decay": lambda s, o: torch.optim.lr_scheduler.StepLR(o, s.every, s.gamma),
    "exponential_decay": lambda s, o: torch.optim.lr_scheduler.ExponentialLR(o, s.gamma),
    "cosine": lambda s, o: torch.optim.lr_scheduler.LambdaLR(
        o, lambda t: s.floor + (1 - s.floor) * (1 + math.cos(math.pi * min(t / s.epochs, 1))) / 2
    ),
    "plateau": lambda s, o: torch.optim.lr_scheduler.ReduceLROnPlateau(
        o, factor=s.gamma, patience=s.patience, threshold=1e-4, min_lr=s.floor
    ),
}


class Twin:
    """The same network in PyTorch, with copies of a trainer's weights, its loss, regularizer and optimizer."""

    def __init__(self, trainer: Any) -> None:
        self.network: Network = trainer.network
        self.training, self.coding = trainer.training, trainer.coding
        self.w = {
            node.id: {
                **{name: _copy(a, trained=True) for name, a in trainer.parameters.named[node.id].items()},
                **{name: _copy(a, trained=False) for name, a in trainer.parameters.states[node.id].items()},
            }
            for node in self.network.nodes
        }
        self.trained = [a for w in self.w.values() for a in w.values() if a.requires_grad]
        self.optimizer = OPTIMIZERS[self.training.optimizer.name](self.training.optimizer, self.trained)
        acted_on = [(self.w[node.id], name) for node in self.network.nodes for name in node.layer.decayed]
        self.decayed = [w[name] for w, name in acted_on if name in w]
        self.class_weights = _class_weights(trainer)

    def forward(self, x: Tensor, mode: Mode) -> Tensor:
        """The network's outputs as the user sees them."""
        values = {INPUT: x}
        for node in self.network.nodes:
            compute = piece if isinstance(node.layer, Piece) else LAYERS[node.layer.name]
            z = compute(node.layer, self.w[node.id], mode, *(values[i] for i in node.inputs))
            f = getattr(node.layer, "activation", None)
            values[node.id] = z if f is None else ACTIVATIONS[f.name](f, z)
        return values[self.network.output.id]

    def loss(self, x: Tensor, t: Tensor, mode: Mode) -> Tensor:
        """The mean loss without the penalty, examples weighted by class where that is set."""
        loss, y = self.training.loss, self.forward(x, mode)
        if self.training.class_weights is None:
            return LOSSES[loss.name](loss, y, t, self.coding.logits)
        each = [LOSSES[loss.name](loss, y[i : i + 1], t[i : i + 1], self.coding.logits) for i in range(len(y))]
        return (torch.stack(each) * self.class_weights[self.coding.decide(t.numpy())]).mean()

    def update(self, x: Tensor, t: Tensor, rng: np.random.Generator) -> None:
        """One update on this batch."""
        self.optimizer.zero_grad()
        regularizer = self.training.regularizer
        penalty = REGULARIZERS[regularizer.name](regularizer, self.decayed)
        (self.loss(x, t, Mode(True, rng)) + penalty).backward()
        if self.training.clip_value is not None:
            torch.nn.utils.clip_grad_value_(self.trained, self.training.clip_value)
        if self.training.clip_norm is not None:
            torch.nn.utils.clip_grad_norm_(self.trained, self.training.clip_norm)
        self.optimizer.step()


def _class_weights(trainer: Any) -> Tensor | None:
    """One number a class; 'balanced' as scikit-learn computes it."""
    weights, labels = trainer.training.class_weights, trainer.data.targets[trainer.data.train]
    if weights == "balanced":
        from sklearn.utils.class_weight import compute_class_weight

        weights = compute_class_weight("balanced", classes=np.arange(trainer.coding.classes), y=labels)
    return None if weights is None else torch.tensor(np.asarray(weights), dtype=torch.float64)


def _copy(array: np.ndarray, *, trained: bool) -> Tensor:
    return torch.tensor(np.ascontiguousarray(array), dtype=torch.float64).requires_grad_(trained)


def agree(spec: dict[str, Any]) -> None:
    """Train both from the same start and compare after every update, then all weights."""
    spec["training"] = {"batch_size": 7, "shuffle": False, **spec["training"]}  # 32 examples: the last batch is smaller
    trainer = Trainer(Experiment.from_json(spec), np.float64)
    twin = Twin(trainer)
    size, part, n = trainer.training.batch_size, trainer.data.train, len(trainer.data.train)
    x = torch.tensor(trainer.data.inputs[part], dtype=torch.float64)
    t = torch.tensor(trainer.coding.encode(trainer.data.targets[part]))
    steps = (event for event in trainer.events(each="update") if isinstance(event, Step))
    lo, ours, theirs = 0, [], []
    for _ in range(UPDATES):
        chance = copy.deepcopy(trainer._noise_rng)
        next(steps)
        twin.update(x[lo : lo + size], t[lo : lo + size], chance)
        lo = lo + size if lo + size < n else 0
        ours.append(trainer.row()[2])
        with torch.no_grad():
            theirs.append(float(twin.loss(x, t, Mode(False, chance))))
    np.testing.assert_allclose(ours, theirs, rtol=RELATIVE, atol=1e-12, err_msg="losses")
    assert len(set(ours)) > UPDATES / 2, "Nothing was learned, so nothing was compared."
    for id, arrays in trainer.weights().items():
        for name, ours in arrays.items():
            theirs = twin.w[id][name].detach().numpy()
            np.testing.assert_allclose(ours, theirs, rtol=RELATIVE, atol=1e-10, err_msg=f"{id}.{name}")
