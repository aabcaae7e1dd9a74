"""The connection breaks, the server is killed: the page says so, comes back, and has every row of the history."""

from collections.abc import Callable

from playwright.sync_api import Page

from tests.browser.playground import Playground
from tests.tools.server import RunningServer


def test_the_page_comes_back_without_a_gap(page: Page, server_factory: Callable[..., RunningServer]) -> None:
    first = server_factory(workers=1)
    playground = Playground(page, first.url)
    playground.open("speed=60")
    playground.play()
    playground.until("p.run.epoch > 240")  # four seconds: long enough for a checkpoint in full flight
    run = playground.ask("p.runId")
    first.kill()
    page.get_by_text("The connection to the server is lost").wait_for()
    second = server_factory(data_dir=first.data_dir, port=first.port, workers=1)
    assert second.url == first.url
    page.get_by_text("The connection to the server is lost").wait_for(state="hidden")  # it has said how the run stands
    assert playground.ask("p.runId") == run
    assert playground.ask("p.run.spec") == playground.ask("p.spec")
    if playground.ask("p.run.state") != "running":
        playground.play()
    playground.until("p.run.epoch > 300")
    playground.pause()
    epochs = [row["epoch"] for row in playground.rows()]
    assert epochs == sorted(set(epochs)) == list(range(len(epochs)))
    wanted = playground.api(f"/runs/{run}/history?limit=10000")
    assert [list(row.values()) for row in playground.rows()] == wanted["rows"]
