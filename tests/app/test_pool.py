"""The pool of worker processes: idle ones sleep, dead ones are replaced, and nobody waits for one for ever."""

import asyncio
import os
import signal
from pathlib import Path
from types import SimpleNamespace

import pytest

from app.runs import link, pool, runner, worker
from tests.app.conftest import SMALL
from tests.tools.waiting import PATIENCE


class Listener:
    def __init__(self):
        self.updates, self.gone, self.over, self.points = [], [], [], []
        self.updated, self.saved = self.updates.append, self.points.append

    def lost(self, runs, over):
        self.gone += runs
        self.over.append(over)


def with_pool(job, workers=1, **config):
    async def go():
        made, listener = pool.Pool(workers, worker.Config(**config)), Listener()
        await made.start(listener)
        try:
            return await job(made, listener)
        finally:
            await made.stop()

    return asyncio.run(go())


async def until(condition):
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await asyncio.sleep(0.001)


def test_an_idle_worker_is_not_woken():
    """Not once in half a second, as soon as it has done what there was to do."""

    async def job(made, listener):
        await made.create("a", SMALL, None, {})
        (pid,) = made.processes()
        async with asyncio.timeout(PATIENCE):
            before = None
            while before != (now := (state(pid), switches(pid))):
                before = now
                await asyncio.sleep(0.5)
        return now[0]

    assert with_pool(job) == "S", "asleep"


def state(pid):
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]


def switches(pid):
    """How often it got and lost the processor."""
    return [line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if "ctxt_switches" in line]


def test_whoever_waits_for_a_dying_worker_is_told():
    async def job(made, listener):
        await made.create("a", SMALL, None, {})
        (pid,) = made.processes()
        os.kill(pid, signal.SIGSTOP)
        await until(lambda: state(pid) == "T")
        asking = asyncio.create_task(made.query("a", "weights", {}))
        await until(lambda: made._links[0].waiting)
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(runner.RunGone):
            await asking
        await until(made.alive)
        await made.create("a", SMALL, None, {})
        return listener.gone

    assert with_pool(job) == ["a"]


def test_a_worker_that_does_not_answer_is_not_waited_for_for_ever():
    async def job(made, listener):
        await made.create("a", SMALL, None, {})
        made._patience = 0.2
        (pid,) = made.processes()
        os.kill(pid, signal.SIGSTOP)
        await until(lambda: state(pid) == "T")
        with pytest.raises(runner.Busy):
            await made.query("a", "weights", {})
        os.kill(pid, signal.SIGCONT)

    with_pool(job)


def test_blas_has_one_thread_in_workers_and_the_environment_is_put_back():
    before = {name: os.environ.get(name) for name in link.BLAS}

    async def job(made, listener):
        await made.create("a", SMALL, None, {})
        (pid,) = made.processes()
        with open(f"/proc/{pid}/environ") as environment:
            return environment.read()

    found = with_pool(job)
    assert all(f"{name}=1" in found for name in link.BLAS)
    assert {name: os.environ.get(name) for name in link.BLAS} == before


def test_runs_are_spread_over_workers_and_stay_where_they_are():
    async def job(made, listener):
        for run in "abcd":
            await made.create(run, SMALL, None, {})
        return [len(link.runs) for link in made._links]

    assert with_pool(job, workers=2) == [2, 2]


def test_the_pool_stops_while_a_worker_is_being_replaced(monkeypatch):
    spawned = []

    def spawn(*args):
        spawned.append(args)
        return begin(*args)

    begin = link.spawn
    monkeypatch.setattr(link, "spawn", spawn)

    async def job(made, listener):
        os.kill(made.processes()[0], signal.SIGKILL)
        await until(lambda: len(spawned) == 2)  # the next one is on its way

    with_pool(job)


def test_a_worker_never_hears_ctrl_c():
    async def job(made, listener):
        (pid,) = made.processes()
        os.kill(pid, signal.SIGINT)  # it has only just been started
        await made.create("a", SMALL, None, {})
        return [pid] == made.processes()

    assert with_pool(job)


def test_a_worker_that_came_and_went_before_anybody_could_ask_it_is_not_asked():
    async def go():
        made = pool.Pool(1, worker.Config())
        made._links = [came := SimpleNamespace(alive=False, running=set(), runs=set())]
        made._ready.set()  # it came, and was gone when those who waited went on
        asked = asyncio.create_task(made._emptiest())
        await asyncio.sleep(0)
        assert not asked.done()
        came.alive = True
        made._ready.set()
        assert await asked is came

    asyncio.run(go())
