"""Take the pictures that the README shows, of the page as it is now.

python -m tests.tools.screenshots
"""

import os
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.tools.browser import find
from tests.tools.server import RunningServer

FOLDER = Path(__file__).parents[2] / "docs" / "img"


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    chromium = find()  # before Playwright's loop runs
    with (
        tempfile.TemporaryDirectory() as folder,
        RunningServer(Path(folder)) as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium, chromium_sandbox=os.geteuid() != 0)
        for theme in ("light", "dark"):
            page = browser.new_page(
                base_url=server.url,
                color_scheme=theme,
                viewport={"width": 1360, "height": 760},
                device_scale_factor=1,
                reduced_motion="reduce",
            )
            train(page)
            page.screenshot(path=FOLDER / f"playground-{theme}.png")
            print(f"screenshots: docs/img/playground-{theme}.png")
            page.close()
        browser.close()


def train(page: Page) -> None:
    """The untouched page, after it has learned for a while."""
    page.goto("/")
    page.get_by_role("button", name="Play").click()
    epoch = page.get_by_role("status", name="Epoch")
    while int(epoch.inner_text().replace(",", "")) < 300:  # the page forbids eval, so wait_for_function does not work
        page.wait_for_timeout(100)
    page.get_by_role("button", name="Pause").click()
    page.mouse.move(5, 5)
    page.wait_for_timeout(500)


if __name__ == "__main__":
    main()
