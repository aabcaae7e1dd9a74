"""The Python client against a real server: what it says is what the server has, and errors have the server's words."""

import subprocess
import sys
import threading

import httpx2
import numpy as np
import pytest

from app.client import (
    ChangedMeanwhile,
    KeyMissing,
    NotAllowed,
    NotFound,
    NotValid,
    Playground,
    PlaygroundError,
    Row,
    TooMany,
    Unavailable,
    Unreachable,
    WrongState,
)
from app.client.errors import from_answer
from engine.events import COLUMNS
from tests.app.conftest import SMALL


@pytest.fixture
def playground(server):
    with Playground(server.url) as playground:
        yield playground


@pytest.fixture
def run(playground):
    run = playground.create(SMALL, name="mine")
    yield run
    run.delete()


def test_every_row_is_followed_once_to_the_end(playground, run):
    run.play(epochs=30)
    rows = list(run.follow())
    assert [row.seq for row in rows] == list(range(1, 32))
    assert [row.epoch for row in rows] == list(range(31))
    assert run.info.state == "paused"
    history = run.history()
    assert history.columns == COLUMNS == tuple(Row.__dataclass_fields__)[1:]
    assert len(history) == 31
    assert history["test_loss"].tolist() == [row.test_loss for row in rows]
    assert np.isnan(history["gradient_norm"][0]) and rows[0].gradient_norm is None
    assert run.history(after=29)["epoch"].tolist() == [29, 30]
    assert len(run.history(after=31)) == 0


def test_a_run_that_already_stands_still_is_not_waited_for(run):
    assert run.wait().state == "created"
    assert run.step("batch", 3).update == 3
    assert [row.seq for row in run.follow(after=1)] == list(range(2, run.info.seq + 1))


def test_steering(run):
    run.play()
    assert run.pause().state == "paused"
    assert run.step(count=2).state == "paused"
    assert run.reset(seed=7).seed == 7
    assert (run.info.state, run.info.epoch) == ("created", 0)


def test_weights_are_arrays_that_predict_as_the_server_does(run, tmp_path):
    run.step(count=5)
    weights, examples = run.weights(), run.examples(limit=10)
    hidden = np.tanh(examples.inputs @ weights["hidden"]["kernel"] + weights["hidden"]["bias"])
    mine = np.tanh(hidden @ weights["output"]["kernel"] + weights["output"]["bias"])
    theirs = run.predict(examples.inputs, ready=True)
    np.testing.assert_allclose(theirs.outputs, mine, atol=1e-5)
    assert theirs.classes == examples.classes and theirs.predicted.shape == (10,)
    assert theirs.epoch == 5
    run.set_weight("output", "bias", [0], 0.25)
    assert run.weights()["output"]["bias"].tolist() == [0.25]
    run.load(weights)
    np.testing.assert_array_equal(run.weights()["output"]["bias"], weights["output"]["bias"])
    run.export("safetensors", tmp_path / "weights.safetensors")
    run.reset()
    assert run.load(tmp_path / "weights.safetensors").state == "created"
    np.testing.assert_array_equal(run.predict(examples.inputs, ready=True).outputs, theirs.outputs)
    found = run.evaluate("train")
    assert found.confusion.sum() == 30 and 0 <= found.metric <= 1


def test_settings_change_unless_somebody_else_was_first(run):
    before = run.settings()
    assert run.change(unless_changed_since=before, learning_rate=0.2)["learning_rate"] == 0.2
    with pytest.raises(ChangedMeanwhile, match="Read them again"):
        run.change(unless_changed_since=before, learning_rate=0.4)
    assert run.settings()["learning_rate"] == 0.2


def test_forks_explanations_and_files(playground, run, tmp_path):
    run.step(count=3)
    fork = run.fork({"learning_rate": 0.5}, name="faster")
    assert (fork.info.parent, fork.info.epoch, fork.info.name) == (run.id, 3, "faster")
    assert fork.settings()["learning_rate"] == 0.5
    assert {layer["id"] for layer in run.explain(index=2)["layers"]} >= {"hidden", "output"}
    data = run.export("npz", tmp_path / "weights.npz")
    assert (tmp_path / "weights.npz").read_bytes() == data
    with np.load(tmp_path / "weights.npz", allow_pickle=False) as found:
        assert len(found.files) == 4
    assert [made.id for made in playground.runs()][:2] == [fork.id, run.id]
    fork.delete()


def test_runs_are_listed_page_after_page(server):
    with Playground(server.url) as playground:
        made = [playground.create(SMALL).id for _ in range(3)]
        assert [run.id for run in playground.runs()] == made[::-1]
        for run in playground.runs():
            run.delete()
        assert list(playground.runs()) == []


def test_errors_have_the_server_s_words(playground, run, server):
    with pytest.raises(NotValid) as caught:
        playground.create({"training": {"epochs": 0}})
    assert caught.value.where == "training.epochs" and caught.value.status == 422
    assert caught.value.message in str(caught.value) and caught.value.mistakes[0].where == "training.epochs"
    with pytest.raises(NotFound, match="no such run"):
        playground.run("nowhere")
    with Playground(server.url) as stranger, pytest.raises(NotAllowed, match="does not belong"):
        stranger.run(run.id).play()
    with Playground(server.url) as stranger:
        assert stranger.run(run.id, key=run.key).step().epoch == 1


def test_an_ended_run_is_a_wrong_state(playground):
    run = playground.create({**SMALL, "training": {"epochs": 1}})
    run.play()
    assert run.wait().ended
    with pytest.raises(WrongState, match="finished"):
        run.play()
    run.delete()


def test_checks_data_sets_and_catalogue(playground):
    checked = playground.check(SMALL["network"], "circle")
    assert checked["errors"] == [] and checked["parameters"] == 13
    assert playground.check(SMALL["network"], input_shape=[5])["parameters"] == 22
    assert {"circle", "spiral"} <= {d["type"] for d in playground.datasets()}
    assert "layer" in playground.catalogue()


@pytest.mark.parametrize(
    "status, kind",
    [(401, KeyMissing), (409, WrongState), (413, NotValid), (429, TooMany), (503, Unavailable), (418, PlaygroundError)],
)
def test_what_is_no_playground_s_answer_is_an_error_all_the_same(status, kind):
    error = from_answer(status, None, "7")
    assert type(error) is kind and error.retry_after == 7 and f"{status}" in str(error)


def test_nobody_there(unused_port):
    with Playground(f"http://127.0.0.1:{unused_port}", patience=0) as playground, pytest.raises(Unreachable) as caught:
        playground.datasets()
    assert f"127.0.0.1:{unused_port}" in str(caught.value) and "playground serve" in str(caught.value)


@pytest.fixture
def unused_port():
    import socket

    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))  # nobody else gets it, and nobody listens
        yield sock.getsockname()[1]


def test_a_lost_answer_is_asked_for_again_and_makes_nothing_twice(server, monkeypatch):
    """The first answer of the server gets lost on the way: the run is there once."""
    real, lost = httpx2.Client.request, threading.Event()

    def losing(self, method, url, **more):
        answer = real(self, method, url, **more)
        if method == "POST" and not lost.is_set():
            lost.set()
            raise httpx2.ReadError("the connection broke")
        return answer

    monkeypatch.setattr(httpx2.Client, "request", losing)
    with Playground(server.url) as playground:
        run = playground.create(SMALL)
        assert lost.is_set()
        assert [found.id for found in playground.runs()] == [run.id]
        run.delete()


def test_it_needs_nothing_of_the_program_that_serves():
    others = "('fastapi', 'engine', 'sqlalchemy', 'pydantic')"
    code = f"import sys, app.client; print([m for m in sys.modules if m.split('.')[0] in {others}])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
