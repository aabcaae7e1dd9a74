"""Time is shared by visitor, group and run, and what is watched gets more: counted in turns, by a clock of ours."""

from collections import Counter

import pytest

from app.runs import commands as c
from app.runs.host import Host
from app.runs.turns import WATCHED
from tests.app.test_host import SMALL, Clock


class Turns:
    """A host that counts whose turn it was; every update takes as long as any other."""

    def __init__(self):
        self.clock, self.taken = Clock(), Counter()
        self.host = Host(self.clock, checkpoint_seconds=1e9, doing=self._count)
        self.training = False

    def _count(self, run):
        if self.training:
            self.taken[run] += 1

    def add(self, run, visitor="", group=None, watched=False, play=True):
        self.host.create(run, SMALL, None, {"visitor": visitor or run, "group": group})
        self.host.command(run, c.Watch(watched))
        if play:
            self.host.command(run, c.Play())

    def train(self, seconds=8.0, budget=0.033):
        """Turns of each run from now on."""
        self.taken.clear()
        end = self.clock.now + seconds
        while self.clock.now < end:
            self.training = True
            self.host.train(budget)
            self.training = False
            self.host.reports()
        return self.taken


@pytest.fixture
def turns():
    return Turns()


def about(ratio):
    return pytest.approx(ratio, rel=0.12)


def test_runs_of_different_visitors_get_as_many_turns(turns):
    for run in "abc":
        turns.add(run)
    taken = turns.train()
    assert max(taken.values()) - min(taken[run] for run in "abc") <= 1


def test_a_group_of_twenty_takes_one_share_against_a_single_run(turns):
    for number in range(20):
        turns.add(f"twin{number}", visitor="one", group="twins")
    turns.add("single", visitor="two")
    taken = turns.train(15)
    twins = [taken[f"twin{number}"] for number in range(20)]
    assert taken["single"] / sum(twins) == about(1)
    assert min(twins) > 0
    assert max(twins) - min(twins) <= 1


def test_the_owner_s_own_other_run_does_not_suffer_from_the_group_either(turns):
    for number in range(20):
        turns.add(f"twin{number}", visitor="one", group="twins")
    turns.add("mine", visitor="one")
    turns.add("another", visitor="two")
    taken = turns.train(15)
    twins = sum(taken[f"twin{number}"] for number in range(20))
    assert taken["mine"] / twins == about(1)
    assert (taken["mine"] + twins) / taken["another"] == about(1)


def test_what_somebody_watches_gets_more_and_the_rest_is_not_starved(turns):
    turns.add("seen", watched=True)
    turns.add("unseen")
    taken = turns.train()
    assert taken["seen"] / taken["unseen"] == about(WATCHED)
    turns.host.command("seen", c.Watch(False))
    taken = turns.train()
    assert taken["seen"] / taken["unseen"] == about(1)


def test_watching_one_of_twins_moves_time_to_it(turns):
    for number in range(4):
        turns.add(f"twin{number}", visitor="one", group="twins", watched=number == 0)
    turns.add("another", visitor="two", watched=True)
    taken = turns.train(15)
    assert taken["twin0"] / taken["twin1"] == about(WATCHED)
    assert sum(taken[f"twin{number}"] for number in range(4)) / taken["another"] == about(1)


def test_a_run_that_was_paused_while_others_came_does_not_wait_for_what_it_had_before(turns):
    turns.add("early")
    turns.train(10)
    turns.host.command("early", c.Pause())
    turns.add("late")
    turns.train(1)
    turns.host.command("early", c.Play())
    taken = turns.train(5)
    assert taken["early"] / taken["late"] == about(1)


def test_who_was_paused_has_saved_up_nothing(turns):
    turns.add("idle", play=False)
    turns.add("busy")
    turns.train(10)
    turns.host.command("idle", c.Play())
    taken = turns.train(5)
    assert taken["idle"] / taken["busy"] == about(1)


def test_a_visitor_who_ends_leaves_everything_to_the_others(turns):
    for number in range(5):
        turns.add(f"twin{number}", visitor="one", group="twins")
    turns.add("single", visitor="two")
    turns.train(5)
    turns.host.command("single", c.Pause())
    taken = turns.train(20)
    assert "single" not in taken
    assert min(taken.values()) / max(taken.values()) == about(1)


def test_nobody_of_a_class_is_passed_over(turns):
    names = [f"run{number}" for number in range(30)]
    for name in names:
        turns.add(name, watched=True)
    for _ in range(5):
        taken = turns.train(1)
        assert max(taken.values()) - min(taken[name] for name in names) <= 2
