"""The pool of worker processes: idle ones sleep, dead ones are replaced, and nobody waits for one for ever."""

import asyncio
import os
import signal

import pytest

from app.runs import pool, runner, worker
from tests.app.conftest import SMALL


class Listener:
    def __init__(self):
        self.updates, self.gone, self.points = [], [], []
        self.updated, self.saved = self.updates.append, self.points.append

    def lost(self, runs):
        self.gone += runs


def with_pool(job, workers=1, **config):
    async def go():
        made, listener = pool.Pool(workers, worker.Config(**config)), Listener()
        await made.start(listener)
        try:
            return await job(made, listener)
        finally:
            await made.stop()

    return asyncio.run(go())


def test_an_idle_worker_uses_no_processor():
    async def job(made, listener):
        await made.create("a", SMALL, None, {})
        await asyncio.sleep(1)
        (pid,) = made.processes()
        before = cpu(pid)
        await asyncio.sleep(1)
        return cpu(pid) - before

    assert with_pool(job) <= 0.01


def cpu(pid):
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_whoever_waits_for_a_dying_worker_is_told():
    async def job(made, listener):
        await made.create("a", SMALL, None, {})
        (pid,) = made.processes()
        os.kill(pid, signal.SIGSTOP)
        asking = asyncio.create_task(made.query("a", "weights", {}))
        await asyncio.sleep(0.1)
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(runner.RunGone):
            await asking
        while not made.alive():
            await asyncio.sleep(0.05)
        await made.create("a", SMALL, None, {})
        return listener.gone

    assert with_pool(job) == ["a"]


def test_a_worker_that_does_not_answer_is_not_waited_for_for_ever():
    async def job(made, listener):
        await made.create("a", SMALL, None, {})
        made._patience = 0.2
        (pid,) = made.processes()
        os.kill(pid, signal.SIGSTOP)
        with pytest.raises(runner.Busy):
            await made.query("a", "weights", {})
        os.kill(pid, signal.SIGCONT)

    with_pool(job)


def test_blas_has_one_thread_in_workers_and_the_environment_is_put_back():
    before = {name: os.environ.get(name) for name in pool.BLAS}

    async def job(made, listener):
        await made.create("a", SMALL, None, {})
        (pid,) = made.processes()
        with open(f"/proc/{pid}/environ") as environment:
            return environment.read()

    found = with_pool(job)
    assert all(f"{name}=1" in found for name in pool.BLAS)
    assert {name: os.environ.get(name) for name in pool.BLAS} == before


def test_runs_are_spread_over_workers_and_stay_where_they_are():
    async def job(made, listener):
        for run in "abcd":
            await made.create(run, SMALL, None, {})
        return [len(link.runs) for link in made._links]

    assert with_pool(job, workers=2) == [2, 2]


def test_the_pool_stops_while_a_worker_is_being_replaced():
    async def job(made, listener):
        os.kill(made.processes()[0], signal.SIGKILL)
        while made.alive():
            await asyncio.sleep(0.001)
        await asyncio.sleep(0.15)  # the next one is on its way

    with_pool(job)


def test_a_worker_never_hears_ctrl_c():
    async def job(made, listener):
        (pid,) = made.processes()
        os.kill(pid, signal.SIGINT)  # it has only just been started
        await made.create("a", SMALL, None, {})
        return [pid] == made.processes()

    assert with_pool(job)
