"""The page for whoever runs the server can be read by everybody, at every width, in light and dark."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_for_everyone import serious
from tests.tools.server import RunningServer

TOKEN = "the-token-of-whoever-runs-the-server"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with RunningServer(tmp_path_factory.mktemp("admin"), workers=1, admin_token=TOKEN) as running:
        yield running


@pytest.fixture
def page(browser: Browser, server: RunningServer) -> Iterator[Page]:
    """As somebody who has given the password that the browser asks for."""
    context = browser.new_context(http_credentials={"username": "admin", "password": TOKEN})
    answer = context.request.post(f"{server.url}/api/v1/runs", data={"name": "A name that is long " * 9})
    assert answer.status == 201
    yield context.new_page()
    context.close()


def test_nothing_keeps_anybody_out(page: Page, server: RunningServer) -> None:
    page.goto(f"{server.url}/admin")
    expect(page.get_by_role("region", name="Runs in memory").get_by_role("row")).not_to_have_count(1)
    for width in (360, 1920):
        page.set_viewport_size({"width": width, "height": 800})
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            assert serious(page) == [], theme
            assert page.evaluate("document.documentElement.scrollWidth") <= width
