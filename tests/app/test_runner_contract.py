"""What every `Runner` promises (app/runs/runner.py), whoever computes: one more of them is one more line in `KINDS`."""

import asyncio

import numpy as np
import pytest

from app.runs import commands as c
from app.runs.limits import Limits
from app.runs.runner import RunGone, WorkFailed
from app.runs.worker import Config
from engine.errors import LimitError, SpecError
from tests.app.conftest import SMALL
from tests.app.runners import KINDS, Listener
from tests.tools.straight import straight


@pytest.fixture(params=KINDS)
def kind(request):
    return KINDS[request.param]


@pytest.fixture
def with_runner(kind):
    """`with_runner(job)`: the answer of job(runner, listener)."""

    def go(job, **config):
        async def whole():
            runner, listener = kind.make(Config(**config)), Listener()
            await runner.start(listener)
            try:
                return await job(runner, listener)
            finally:
                await runner.stop()

        return asyncio.run(whole())

    return go


def test_a_new_run_is_described_and_waits(with_runner):
    async def job(runner, listener):
        facts = await runner.create("a", SMALL, None, {})
        return facts, listener

    facts, listener = with_runner(job)
    assert (facts["state"], facts["seq"], facts["epoch"]) == ("created", 1, 0)
    assert {"spec", "settings", "manifest", "check"} <= set(facts)
    assert listener.state("a") == "created"
    np.testing.assert_array_equal(listener.rows["a", 1], straight(SMALL, 0))


def test_who_asked_hears_of_it_last(with_runner):
    async def job(runner, listener):
        await runner.create("a", SMALL, None, {})
        for command, state in ((c.Play(), "running"), (c.Pause(), "paused"), (c.Reset(), "created")) * 5:
            facts = await runner.command("a", command)
            assert facts["state"] == listener.state("a") == state
            assert facts["seq"] == listener.latest["a"].facts["seq"]

    with_runner(job)


def test_every_row_comes_once_and_is_that_of_training_without_interruption(with_runner):
    async def job(runner, listener):
        for run in "abc":
            await runner.create(run, SMALL, None, {})
            await runner.command(run, c.Play())
        await listener.until(lambda: all(len(listener.rows[run, 1]) > 50 for run in "abc"))
        for run in "abc":
            await runner.command(run, c.Pause())
        return listener

    listener = with_runner(job)
    for run in "abc":
        rows = listener.rows[run, 1]
        np.testing.assert_array_equal(rows, straight(SMALL, len(rows) - 1))


def test_commands_are_carried_out_in_the_order_given(with_runner):
    async def job(runner, listener):
        await runner.create("a", SMALL, None, {})
        asked = [runner.command("a", c.Change({"learning_rate": k / 100})) for k in range(1, 30)]
        answers = await asyncio.gather(*asked)
        return [facts["settings"]["learning_rate"] for facts in answers]

    assert with_runner(job) == [k / 100 for k in range(1, 30)]


def test_a_step_ends_by_itself(with_runner):
    async def job(runner, listener):
        await runner.create("a", SMALL, None, {})
        await runner.command("a", c.Play("epoch", 7))
        await listener.until(lambda: listener.state("a") == "paused")
        return listener.latest["a"].facts["epoch"], len(listener.rows["a", 1])

    assert with_runner(job) == (7, 8)


def test_weights_are_told_while_somebody_watches(with_runner):
    async def job(runner, listener):
        await runner.create("a", SMALL, None, {})
        await runner.command("a", c.Play("epoch", 3))
        await listener.until(lambda: listener.state("a") == "paused")
        assert listener.latest["a"].weights is None
        await runner.command("a", c.Watch(True))
        return listener.latest["a"].weights, await runner.query("a", "weights", {})

    told, asked = with_runner(job)
    assert len(told) == 4 * 13
    assert asked


def test_mistakes_come_back_as_the_engine_s_own_and_change_nothing(with_runner):
    async def job(runner, listener):
        with pytest.raises(SpecError) as wrong:
            await runner.create("b", {"network": {"layers": [{"id": "a", "type": "nonsense"}]}}, None, {})
        with pytest.raises(RunGone):
            await runner.command("b", c.Play())
        before = await runner.create("a", SMALL, None, {})
        with pytest.raises(SpecError) as field:
            await runner.command("a", c.Change({"learning_rate": -1, "batch_size": 3}))
        after = await runner.command("a", c.Watch(False))
        with pytest.raises(LimitError):
            await runner.create("c", {"data": {"type": "circle", "samples": 10**9}}, None, {})
        return wrong.value, field.value, before["settings"] == after["settings"]

    wrong, field, same = with_runner(job, limits=Limits(max_samples=1000))
    assert "network" in wrong.where
    assert "learning_rate" in field.where
    assert field.message
    assert same


def test_a_run_that_is_not_there_is_gone(with_runner):
    async def job(runner, listener):
        for ask in (runner.command("x", c.Play()), runner.query("x", "weights", {}), runner.save("x")):
            with pytest.raises(RunGone):
                await ask
        await runner.drop("x")
        return listener.heard

    assert with_runner(job) == []


def test_a_mistake_inside_the_program_is_not_taken_for_a_run_that_is_gone(with_runner):
    async def job(runner, listener):
        await runner.create("a", SMALL, None, {})
        for run in ("a", None):
            with pytest.raises(WorkFailed):
                await runner.query(run, "unheard of", {})  # a KeyError
        return await runner.query("a", "weights", {})

    assert with_runner(job)


def test_a_question_may_be_about_no_run(with_runner):
    async def job(runner, listener):
        return await runner.query(None, "variants", {"spec": SMALL, "changes": [{"seed": 4}]})

    assert b'"seed"' in with_runner(job)


def test_from_a_checkpoint_a_run_goes_on_bit_for_bit(with_runner):
    async def job(runner, listener):
        await runner.create("a", SMALL, None, {})
        await runner.command("a", c.Play())
        await listener.until(lambda: len(listener.rows["a", 1]) > 30)
        await runner.save("a")
        point = listener.points["a"]
        await runner.drop("a")
        at = len(listener.heard)
        known = listener.rows["a", 1][: point.meta["seq"]]
        listener.rows["b", 1] = list(known)
        await runner.create("b", point.spec, point.blob, {**point.meta, "state": "paused"})
        await runner.command("b", c.Play("epoch", 20))
        await listener.until(lambda: len(listener.rows["b", 1]) == len(known) + 20)
        assert ("updated", "a") not in listener.heard[at:], "a dropped run is not heard of"
        return listener.rows["b", 1]

    rows = with_runner(job)
    np.testing.assert_array_equal(rows, straight(SMALL, len(rows) - 1))


def test_checkpoints_come_by_themselves(with_runner):
    async def job(runner, listener):
        await runner.create("a", SMALL, None, {})
        await runner.command("a", c.Play())
        await listener.until(lambda: listener.heard.count(("saved", "a")) >= 3)

    with_runner(job, checkpoint_seconds=0.1)


def test_stopping_saves_everything_and_ends_it(with_runner):
    async def job(runner, listener):
        await runner.create("a", SMALL, None, {})
        await runner.command("a", c.Play())
        await listener.until(lambda: len(listener.rows["a", 1]) > 30)
        await runner.stop()
        heard = len(listener.heard)
        point = listener.points["a"]
        assert point.meta["seq"] == len(listener.rows["a", 1])
        assert point.meta["state"] == "running", "it goes on when there is a server again"
        assert not runner.alive()
        with pytest.raises(RunGone):
            await runner.command("a", c.Play())
        await asyncio.sleep(0)
        return len(listener.heard) - heard

    assert with_runner(job, checkpoint_seconds=1000) == 0


def test_a_lost_host_is_told_once_and_another_takes_the_runs(kind, with_runner):
    async def job(runner, listener):
        await runner.create("a", SMALL, None, {})
        await runner.command("a", c.Play())
        await listener.until(lambda: len(listener.rows["a", 1]) > 5)
        kind.take(runner, "a")
        await listener.until(lambda: listener.gone)
        with pytest.raises(RunGone):
            await runner.command("a", c.Play())
        listener.rows["a", 1] = []
        await runner.create("a", SMALL, None, {})
        await runner.command("a", c.Play("epoch", 5))
        await listener.until(lambda: listener.state("a") == "paused")
        return listener.gone, len(listener.rows["a", 1])

    gone, rows = with_runner(job)
    assert [runs for runs, _ in gone] == [["a"]]
    assert rows == 6


def test_a_listener_that_fails_over_one_run_hears_of_the_others(with_runner):
    async def job(runner, listener):
        hear = listener.updated

        def updated(update):
            assert update.run != "a", "meant to fail"
            hear(update)

        listener.updated = updated
        for run in "ab":
            await runner.create(run, SMALL, None, {})
            await runner.command(run, c.Play())
        await listener.until(lambda: len(listener.rows.get(("b", 1), [])) > 30)
        listener.saved = lambda point: None
        return "a" in listener.latest

    assert not with_runner(job)
