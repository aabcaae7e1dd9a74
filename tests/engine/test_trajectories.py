"""Every optimizer's losses over fifty updates equal those that PyTorch gave when the file was made."""

import numpy as np
import pytest

from tests.engine import trajectories
from tests.engine.scaffold import case_id

CASES = pytest.mark.parametrize("name, parameters", trajectories.optimizer_cases(), ids=case_id)


@CASES
def test_losses_are_those_of_the_reference(name, parameters):
    expected = trajectories.stored().get(trajectories.key(name, parameters))
    assert expected, "Run `python -m tests.engine.trajectories` (needs PyTorch) for the new optimizer."
    np.testing.assert_allclose(trajectories.our_losses(name, parameters), expected, rtol=1e-6)


def test_the_file_holds_nothing_else():
    assert set(trajectories.stored()) == {trajectories.key(*case) for case in trajectories.optimizer_cases()}


@CASES
def test_the_file_is_what_torch_gives_today(name, parameters):
    pytest.importorskip("torch")
    expected = trajectories.stored()[trajectories.key(name, parameters)]
    np.testing.assert_allclose(trajectories.torch_losses(name, parameters), expected, rtol=1e-6)
