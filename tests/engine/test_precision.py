"""What is used, single precision, goes the way that double precision goes, which is the one compared with others."""

import numpy as np
import pytest

from engine.events import COLUMNS, Step
from engine.experiment import Experiment
from engine.train import Trainer
from tests.engine.runs import experiment, rows, same
from tests.engine.scaffold import case_id, declared, layer_cases

UPDATES = 20


def losses(made, dtype):
    """The training loss after each update."""
    trainer = Trainer(made, dtype)
    steps = (event for event in trainer.events("update") if isinstance(event, Step))
    return [trainer.row()[COLUMNS.index("train_loss")] for _, _ in zip(range(UPDATES), steps, strict=False)]


# Dropout draws other random numbers in each precision.
@pytest.mark.parametrize(
    "name, parameters, shapes", [case for case in layer_cases() if "dropout" not in case[0]], ids=case_id
)
def test_both_precisions_learn_alike(name, parameters, shapes):
    with declared((name, parameters, shapes), batch_size=7, optimizer={"type": "sgd", "learning_rate": 0.001}) as spec:
        made = Experiment.from_json(spec)
    np.testing.assert_allclose(losses(made, np.float32), losses(made, np.float64), rtol=1e-4)


def test_losses_do_not_depend_on_the_number_of_cores():
    layers = (
        {"type": "conv2d", "filters": 8, "kernel_size": 3, "activation": "relu"},
        {"type": "max_pool2d"},
        {"type": "flatten"},
        {"type": "dense", "units": 10, "activation": "softmax"},
    )
    made = experiment(*layers, data="digits", loss="categorical_cross_entropy", optimizer="adam", batch_size=64)
    one, two = Trainer(made, cores=1), Trainer(made, cores=2)
    same(rows(one, 1), rows(two, 1))
    same(one.packed(), two.packed())
