"""Take the pictures that the README shows, of the page as it is now.

python -m tests.tools.screenshots
"""

import os
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.playground import Playground
from tests.browser.states import images, microscope
from tests.tools.browser import find
from tests.tools.server import RunningServer

FOLDER = Path(__file__).parents[2] / "docs" / "img"
SIZE = {1360: 760}


def trained(playground: Playground) -> None:
    """The untouched page, after it has learned for a while."""
    playground.open("speed=60").train(300)


STATES: dict[str, Callable[[Playground], None]] = {
    "playground": trained,
    "images": images,
    "microscope": microscope,
}


def photograph(
    states: Mapping[str, Callable[[Playground], None]], sizes: Mapping[int, int], path: Callable[[str, int, str], Path]
) -> None:
    """Each state in windows of each size (width: height), light and dark; path(state, width, theme) is its file."""
    chromium = find()  # before Playwright's loop runs
    with (
        tempfile.TemporaryDirectory() as folder,
        RunningServer(Path(folder)) as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium, chromium_sandbox=os.geteuid() != 0)
        for width, height in sizes.items():
            for name, state in states.items():
                context = browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce")
                playground = Playground(context.new_page(), server.url)
                state(playground)
                for theme in ("light", "dark"):
                    playground.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
                    playground.page.mouse.move(2, height - 2)
                    playground.page.wait_for_timeout(500)
                    file = path(name, width, theme)
                    playground.page.screenshot(path=file)
                    sys.stdout.write(f"{file}\n")
                for fault in playground.faults:
                    sys.stdout.write(f"  {name}: {fault}\n")
                context.close()
        browser.close()


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    photograph(STATES, SIZE, lambda name, _, theme: FOLDER / f"{name}-{theme}.png")


if __name__ == "__main__":
    main()
