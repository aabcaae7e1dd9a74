"""A page that is watched while it is driven: no error in a script, nothing that the content policy refused."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.playground import PATIENCE, Playground
from tests.tools.server import RunningServer

expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def base_url(server: RunningServer) -> str:
    """Where the tests find the page (in place of the plugin's own, which makes pytest warn)."""
    return server.url


@pytest.fixture
def context_size() -> dict[str, int]:
    """The size of the window; a test that wants another one overrides this."""
    return {"width": 1280, "height": 800}


@pytest.fixture
def playground(page: Page, server: RunningServer, context_size: dict[str, int]) -> Iterator[Playground]:
    """The page of the shared server, not yet opened."""
    page.set_viewport_size(context_size)
    made = Playground(page, server.url)
    yield made
    assert made.faults == []


@pytest.fixture
def phone(browser: Browser, server: RunningServer) -> Iterator[Playground]:
    """A small screen that is touched."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    made = Playground(context.new_page(), server.url)
    yield made
    assert made.faults == []
    context.close()


@pytest.fixture
def another(browser: Browser, server: RunningServer) -> Iterator[Playground]:
    """The same page in a browser that has never seen it: no storage, no key."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    made = Playground(context.new_page(), server.url)
    yield made
    assert made.faults == []
    context.close()
