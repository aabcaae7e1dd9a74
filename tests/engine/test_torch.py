"""PyTorch as judge: from the same weights, on the same batches, fifty updates give the same losses and weights.

In float64, to a relative 1e-5 and better. Skipped without PyTorch; `test_trajectories.py` then still guards the
optimizers. The table is the catalogue; `torch_reference.py` says what each part is in PyTorch.
"""

import pytest

from engine.schedules import WARM_START
from engine.spec import CATALOGUE, make
from tests.engine.scaffold import case_id, declared, given_data, layer_cases, part_cases
from tests.engine.trajectories import optimizer_cases

torch = pytest.importorskip("torch")

from tests.engine import torch_reference as reference  # noqa: E402  needs PyTorch
from tests.engine.torch_reference import agree  # noqa: E402

DENSE = {"type": "dense", "units": 5, "activation": "tanh"}
TABLES = {
    "layer": reference.LAYERS,
    "activation": reference.ACTIVATIONS,
    "loss": reference.LOSSES,
    "optimizer": reference.OPTIMIZERS,
    "regularizer": reference.REGULARIZERS,
    "schedule": reference.SCHEDULES,
}


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize("kind, name", [(kind, name) for kind in TABLES for name in CATALOGUE[kind]])
def test_every_part_has_a_reference(kind, name):
    assert name in TABLES[kind], f"Say in tests/engine/torch_reference.py what the {kind} {name!r} is in PyTorch."


@pytest.mark.parametrize("name, parameters, shapes", layer_cases(), ids=case_id)
def test_layer(name, parameters, shapes):
    with declared((name, parameters, shapes), optimizer={"type": "adam", "learning_rate": 0.01}) as spec:
        agree(spec)


@pytest.mark.parametrize("name, parameters", part_cases("activation"), ids=case_id)
def test_activation(name, parameters):
    layers = [{**DENSE, "activation": {"type": name, **parameters}}, {"type": "dense", "units": 1}]
    with given_data((3,)) as data:
        agree({"data": data, "network": {"layers": layers}, "training": {"optimizer": {"type": "sgd"}}})


def loss_cases():
    """Every loss × one output and three × every output activation that it accepts."""
    for name, parameters in part_cases("loss"):
        loss = make("loss", {"type": name, **parameters})
        for activation in loss.accepts or ("linear", "tanh"):
            for classes in (0, 2, 3):
                outputs = max(1, classes if classes > 2 or name == "categorical_cross_entropy" else 1)
                if classes or loss.targets == "fit":
                    yield name, parameters, activation, classes, outputs


@pytest.mark.parametrize("name, parameters, activation, classes, outputs", [*loss_cases()], ids=case_id)
def test_loss(name, parameters, activation, classes, outputs):
    layers = [DENSE, {"type": "dense", "units": outputs, "activation": activation}]
    with given_data((3,), classes=classes) as data:
        training = {"loss": {"type": name, **parameters}, "optimizer": {"type": "sgd", "learning_rate": 0.1}}
        agree({"data": data, "network": {"layers": layers}, "training": training})


@pytest.mark.parametrize("regularizer", ["none", {"type": "l2", "rate": 0.05}], ids=["alone", "l2"])
@pytest.mark.parametrize("name, parameters", optimizer_cases(), ids=case_id)
def test_optimizer(name, parameters, regularizer):
    with given_data((3,)) as data:
        training = {"optimizer": {"type": name, **parameters}, "regularizer": regularizer}
        agree({"data": data, "network": {"layers": [DENSE, {"type": "dense", "units": 1}]}, "training": training})


@pytest.mark.parametrize("name, parameters", part_cases("regularizer"), ids=case_id)
def test_regularizer(name, parameters):
    with given_data((3,)) as data:
        training = {"regularizer": {"type": name, **parameters}}
        agree({"data": data, "network": {"layers": [DENSE, {"type": "dense", "units": 1}]}, "training": training})


def optimizer():
    return torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)


@pytest.mark.parametrize("name, parameters", part_cases("schedule"), ids=case_id)
def test_schedule(name, parameters):
    schedule = make("schedule", {"type": name, **parameters})
    theirs, warm = optimizer(), optimizer()
    course = reference.SCHEDULES[name](schedule, theirs)
    climb = torch.optim.lr_scheduler.LinearLR(warm, WARM_START, total_iters=max(1, int(schedule.warmup)))
    memory = schedule.start()
    for epoch in range(40):
        factor = theirs.param_groups[0]["lr"] * (warm.param_groups[0]["lr"] if schedule.warmup else 1.0)
        assert schedule.factor(epoch, memory) == pytest.approx(factor, rel=1e-12), f"epoch {epoch}"
        theirs.step(), warm.step(), climb.step()
        loss = max(1.0 / (1 + epoch), 0.1) + 0.01 * (epoch % 3)  # falls, then comes and goes
        schedule.look(memory, loss)
        course.step(*([loss] if schedule.watches else []))


CLIPPING = [{"clip_norm": 0.05}, {"clip_value": 0.01}, {"clip_value": 0.02, "clip_norm": 0.03}, {"clip_norm": 1e6}]


@pytest.mark.parametrize("clipping", CLIPPING, ids=case_id)
@pytest.mark.parametrize("name", ["sgd", "adam"])
def test_clipping(name, clipping):
    """With a penalty: it is part of what is clipped."""
    training = {"optimizer": {"type": name}, "regularizer": {"type": "l2", "rate": 0.1}, **clipping}
    with given_data((3,)) as data:
        agree({"data": data, "network": {"layers": [DENSE, {"type": "dense", "units": 1}]}, "training": training})


@pytest.mark.parametrize("classes, outputs", [(2, 1), (2, 2), (3, 3)])
@pytest.mark.parametrize("weights", ["balanced", [0.5, 3.0, 1.25]], ids=str)
@pytest.mark.parametrize("loss", ["mse", "hinge", "binary_cross_entropy", "categorical_cross_entropy"])
def test_class_weights(loss, weights, classes, outputs):
    if loss == "categorical_cross_entropy" and outputs == 1:
        pytest.skip("needs an output for each class")
    weights = weights if weights == "balanced" else weights[:classes]
    activation = {"hinge": "tanh", "mse": "sigmoid"}.get(loss, "linear")
    layers = [DENSE, {"type": "dense", "units": outputs, "activation": activation}]
    training = {"loss": loss, "class_weights": weights, "optimizer": {"type": "sgd", "learning_rate": 0.1}}
    with given_data((3,), classes=classes) as data:
        agree({"data": data, "network": {"layers": layers}, "training": training})


def test_a_run_with_everything_at_once():
    """Dropout, several activations, L1, a smaller last batch, three classes."""
    layers = [
        {"type": "dense", "units": 8, "activation": "gelu"},
        {"type": "dropout", "rate": 0.3},
        {"type": "dense", "units": 6, "activation": {"type": "elu", "alpha": 0.5}},
        {"type": "dropout", "rate": 0.1},
        {"type": "dense", "units": 3, "activation": "softmax"},
    ]
    training = {
        "loss": "categorical_cross_entropy",
        "optimizer": {"type": "adam", "learning_rate": 0.01},
        "regularizer": {"type": "l1", "rate": 0.01},
    }
    with given_data((3,), classes=3) as data:
        agree({"data": data, "network": {"layers": layers}, "training": training})
