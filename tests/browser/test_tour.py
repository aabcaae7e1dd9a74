"""The tour of the first visit: five steps, left at once, never twice, never where somebody came for something else."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_for_everyone import serious
from tests.tools.server import RunningServer

READY = "html[data-ready]"


@pytest.fixture(params=[(1280, 800), (360, 740)], ids=["wide", "phone"])
def visitor(request, browser: Browser, server: RunningServer) -> Iterator[Page]:
    """Somebody who has never been here."""
    width, height = request.param
    context = browser.new_context(
        viewport={"width": width, "height": height}, base_url=server.url, reduced_motion="reduce"
    )
    yield context.new_page()
    context.close()


def inside(page: Page) -> bool:
    """Whether the card is wholly in the window."""
    box, size = page.locator("#tour").bounding_box(), page.viewport_size
    return box["x"] >= 0 and box["x"] + box["width"] <= size["width"] and box["y"] + box["height"] <= size["height"]


def test_five_steps_each_beside_what_it_speaks_of(visitor: Page) -> None:
    visitor.goto("/")
    visitor.wait_for_selector(READY)
    card = visitor.locator("#tour")
    seen = []
    for step in range(1, 6):
        expect(card.locator('[data-slot="place"]')).to_have_text(str(step))
        expect(visitor.locator(".is-toured")).to_have_count(1)
        seen.append(card.locator("[data-target]:visible").inner_text())
        assert inside(visitor)
        assert serious(visitor) == []
        visitor.keyboard.press("Enter")
    assert len(set(seen)) == 5
    expect(card).to_be_hidden()
    expect(visitor.locator(".is-toured")).to_have_count(0)


def test_it_is_left_at_once_and_does_not_return(visitor: Page) -> None:
    visitor.goto("/")
    visitor.wait_for_selector(READY)
    expect(visitor.locator("#tour")).to_be_visible()
    visitor.get_by_role("button", name="Play", exact=True).click()  # the page can be used meanwhile
    visitor.keyboard.press("Escape")
    expect(visitor.locator("#tour")).to_be_hidden()
    visitor.goto("about:blank")
    visitor.goto("/")
    visitor.wait_for_selector(READY)
    expect(visitor.locator("#tour")).to_be_hidden()
    # whoever wants it again finds it in the help
    visitor.keyboard.press("?")
    visitor.get_by_role("button", name="Show me around").click()
    expect(visitor.locator("#tour")).to_be_visible()


@pytest.mark.parametrize("address", ["/#dataset=spiral", "/embed/"])
def test_whoever_follows_a_link_or_sees_an_embed_is_left_alone(visitor: Page, address: str) -> None:
    visitor.goto(address)
    visitor.wait_for_selector(READY)
    expect(visitor.locator("#tour")).to_be_hidden()
