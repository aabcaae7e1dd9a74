"""Take the pictures that the README shows, of the page as it is now.

python -m tests.tools.screenshots
"""

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.playground import Playground
from tests.browser.states import images, microscope
from tests.tools.browser import find
from tests.tools.server import RunningServer

FOLDER = Path(__file__).parents[2] / "docs" / "img"
SIZE = {"width": 1360, "height": 760}


def trained(playground: Playground) -> None:
    """The untouched page, after it has learned for a while."""
    playground.open("speed=60").train(300)


STATES: dict[str, Callable[[Playground], None]] = {
    "playground": trained,
    "images": images,
    "microscope": microscope,
}


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    chromium = find()  # before Playwright's loop runs
    with (
        tempfile.TemporaryDirectory() as folder,
        RunningServer(Path(folder)) as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium, chromium_sandbox=os.geteuid() != 0)
        for name, state in STATES.items():
            context = browser.new_context(viewport=SIZE, reduced_motion="reduce")
            playground = Playground(context.new_page(), server.url)
            state(playground)
            for theme in ("light", "dark"):
                playground.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
                playground.page.mouse.move(5, 5)
                playground.page.wait_for_timeout(500)
                playground.page.screenshot(path=FOLDER / f"{name}-{theme}.png")
                sys.stdout.write(f"docs/img/{name}-{theme}.png\n")
            context.close()
        browser.close()


if __name__ == "__main__":
    main()
