"""A run that is saved and restored, whenever and after whatever changes, goes on bit for bit as if never stopped."""

import io
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import DataError, PlaygroundError
from engine.events import Epoch
from engine.spec import CATALOGUE
from engine.train import Trainer
from tests.engine.runs import DROPOUT, HIDDEN, OUTPUT, experiment, go, rows, same
from tests.engine.scaffold import case_id, part_cases

ROOT = Path(__file__).parents[2]
OPTIMIZERS = [{"type": name, **parameters} for name, parameters in part_cases("optimizer")]
SCHEDULES = [*CATALOGUE["schedule"], {"type": "plateau", "patience": 0}, {"type": "constant", "warmup": 2.5}]
CHANGES = st.one_of(
    st.fixed_dictionaries({"learning_rate": st.floats(0.001, 0.1)}),
    st.fixed_dictionaries({"batch_size": st.integers(1, 23)}),
    st.fixed_dictionaries({"regularizer": st.sampled_from(["none", "l1", {"type": "l2", "rate": 0.03}])}),
    st.fixed_dictionaries({"optimizer": st.sampled_from(OPTIMIZERS)}),
    st.fixed_dictionaries({"schedule": st.sampled_from(SCHEDULES)}),
    st.fixed_dictionaries({"clip_norm": st.none() | st.floats(0.01, 1.0)}),
    st.fixed_dictionaries({"clip_value": st.none() | st.floats(0.01, 1.0)}),
    st.fixed_dictionaries({"class_weights": st.sampled_from([None, "balanced", [1.0, 3.0]])}),
    st.fixed_dictionaries({"patience": st.none() | st.integers(1, 3), "restore_best": st.booleans()}),
    st.fixed_dictionaries({"frozen": st.lists(st.sampled_from(["hidden", "output"]), unique=True)}),
)
EDITS = st.tuples(st.just("hidden"), st.just("kernel"), st.just([1, 1]), st.floats(-2, 2))
ACTIONS = st.one_of(
    st.tuples(st.just("go"), st.sampled_from(["sample", "update", "epoch"]), st.integers(1, 12)),
    st.tuples(st.just("set"), CHANGES),
    st.tuples(st.just("edit"), EDITS),
    st.tuples(st.just("reset"), st.none() | st.integers(0, 5)),
)


def act(trainer, action):
    """Do one thing that a user does; what is refused is refused."""
    what, *arguments = action
    try:
        if what == "go":
            each, count = arguments
            go(trainer, count if each != "epoch" else 1, each)
        elif what == "set":
            trainer.set(**arguments[0])
        elif what == "edit":
            trainer.edit(*arguments[0])
        else:
            trainer.reset(arguments[0])
    except PlaygroundError:
        pass


@settings(max_examples=40)
@given(
    layers=st.sampled_from([(HIDDEN, OUTPUT), (HIDDEN, DROPOUT, OUTPUT)]),
    optimizer=st.sampled_from(OPTIMIZERS),
    actions=st.lists(ACTIONS, max_size=6),
    then=st.sampled_from(["sample", "update", "epoch"]),
)
def test_a_restored_run_goes_on_bit_for_bit(layers, optimizer, actions, then):
    made = experiment(*layers, optimizer=optimizer)
    trainer = Trainer(made)
    for action in actions:
        act(trainer, action)
    state = trainer.state()
    restored = Trainer.restore(made, state)
    assert restored.state() == state
    assert (restored.epoch, restored.update, restored.batch_position, restored.seed, restored.frozen) == (
        trainer.epoch, trainer.update, trainer.batch_position, trainer.seed, trainer.frozen,
    )  # fmt: skip
    same(restored.row(), trainer.row())
    go(restored, 3, then), go(trainer, 3, then)
    same(rows(restored, 2), rows(trainer, 2))
    same(restored.packed(), trainer.packed())
    restored.reset(), trainer.reset()
    same(rows(restored, 1), rows(trainer, 1))


@pytest.mark.parametrize("name, parameters", part_cases("optimizer"), ids=case_id)
def test_every_optimizer_keeps_its_memory(name, parameters):
    made = experiment(HIDDEN, DROPOUT, OUTPUT, optimizer={"type": name, **parameters})
    straight, stopped = Trainer(made), Trainer(made)
    expected = rows(straight, 6)
    rows(stopped, 2), go(stopped, 3)
    same(rows(Trainer.restore(made, stopped.state()), 4), expected[2:])


def test_a_run_restored_in_another_process_goes_on_bit_for_bit(tmp_path):
    made = experiment(HIDDEN, DROPOUT, OUTPUT, optimizer="adam")
    trainer = Trainer(made)
    go(trainer, 8, "update")
    (tmp_path / "state").write_bytes(trainer.state())
    code = (
        "import sys, numpy as np; from engine.train import Trainer; from tests.engine.runs import *;"
        "made = experiment(HIDDEN, DROPOUT, OUTPUT, optimizer='adam');"
        "trainer = Trainer.restore(made, open(sys.argv[1], 'rb').read()); np.save(sys.argv[2], rows(trainer, 4))"
    )
    subprocess.run([sys.executable, "-c", code, tmp_path / "state", tmp_path / "rows.npy"], cwd=ROOT, check=True)
    same(np.load(tmp_path / "rows.npy"), rows(trainer, 4))


def test_saving_changes_nothing():
    made = experiment(HIDDEN, DROPOUT, OUTPUT)
    quiet, saved = Trainer(made), Trainer(made)
    expected, seen = rows(quiet, 3), []
    for event in saved.events("sample"):
        saved.state()
        if isinstance(event, Epoch):
            seen.append(event.row)
            if len(seen) == 3:
                break
    np.testing.assert_allclose(np.array(seen)[:, 0], expected[:, 0])
    again = Trainer(made)
    same(np.array(seen), rows(again, 3, "sample"))


# What can not be restored


STATE = Trainer(experiment(optimizer="adam"), np.float32).state()


@settings(max_examples=150)
@given(at=st.integers(0, len(STATE) - 1), cut=st.booleans(), byte=st.integers(0, 255), more=st.binary(max_size=4))
def test_a_damaged_checkpoint_is_refused_with_a_sentence(at, cut, byte, more):
    damaged = STATE[:at] + more if cut else STATE[:at] + bytes([byte]) + STATE[at + 1 :]
    made = experiment(optimizer="adam")
    try:
        restored = Trainer.restore(made, damaged)
    except DataError:
        return
    same(rows(restored, 1), rows(Trainer(made), 1))  # a byte that nobody reads


@pytest.mark.parametrize("state", [b"", b"PK", b"\x93NUMPY", b"{}"])
def test_what_is_no_checkpoint_is_refused(state):
    with pytest.raises(DataError, match="can not be read"):
        Trainer.restore(experiment(), state)


def repacked(state, **changes):
    """A checkpoint with some arrays changed; None leaves one out."""
    arrays = {**np.load(io.BytesIO(state)), **changes}
    out = io.BytesIO()
    np.savez(out, **{name: a for name, a in arrays.items() if a is not None})
    return out.getvalue()


def test_a_checkpoint_with_a_pickle_in_it_is_refused():
    out = io.BytesIO()
    np.savez(out, **{**np.load(io.BytesIO(STATE)), "flat": np.array([{"a": 1}], dtype=object)})
    with pytest.raises(DataError):
        Trainer.restore(experiment(optimizer="adam"), out.getvalue())


@pytest.mark.parametrize(
    "changes",
    [
        {"flat": np.zeros(1, np.float32)},
        {"flat": np.zeros(12, np.float32)},
        {"slot.mean": np.zeros(1, np.float32)},
        {"slot.mean": None},
        {"order": np.zeros(1, np.int32)},
        {"order": np.full(23, 99, np.int32)},
        {"order": np.zeros(23, np.int32)},
        {"facts": np.frombuffer(b"[]", np.uint8)},
        {"facts": np.frombuffer(b'{"version": 99}', np.uint8)},
        {"facts": None},
    ],
    ids=lambda changes: f"{next(iter(changes))}",
)
def test_a_checkpoint_of_something_else_is_refused(changes):
    with pytest.raises(DataError) as caught:
        Trainer.restore(experiment(optimizer="adam"), repacked(STATE, **changes))
    assert caught.value.fix


def test_a_checkpoint_of_another_network_is_refused():
    other = experiment({**HIDDEN, "units": 4}, OUTPUT, optimizer="adam")
    with pytest.raises(DataError, match="another experiment"):
        Trainer.restore(other, STATE)


def test_a_checkpoint_holds_plain_arrays_only():
    with zipfile.ZipFile(io.BytesIO(STATE)) as file:
        assert all(name.endswith(".npy") for name in file.namelist())
        assert len(STATE) < 5000
