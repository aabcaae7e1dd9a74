"""Pictures of the page in its states, light and dark, on a phone and on a desktop, to be looked at.

python -m tests.benchmarks.shots --out FOLDER [--only empty,seeds]
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.playground import Playground
from tests.browser.states import STATES
from tests.tools.browser import find
from tests.tools.server import RunningServer

SIZES = {360: 740, 1440: 900}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="folder for the pictures; made when missing")
    parser.add_argument("--only", default="", help=f"some of {', '.join(STATES)}")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    chosen = [name for name in STATES if not options.only or name in options.only.split(",")]
    chromium = find()  # before Playwright's loop runs
    with (
        tempfile.TemporaryDirectory() as folder,
        RunningServer(Path(folder)) as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium, chromium_sandbox=os.geteuid() != 0)
        for width, height in SIZES.items():
            for name in chosen:
                context = browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce")
                playground = Playground(context.new_page(), server.url)
                STATES[name](playground)
                for theme in ("light", "dark"):
                    playground.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
                    playground.page.mouse.move(2, height - 2)
                    playground.page.wait_for_timeout(400)
                    path = options.out / f"{name}-{width}-{theme}.png"
                    playground.page.screenshot(path=path)
                    sys.stdout.write(f"{path}\n")
                for fault in playground.faults:
                    sys.stdout.write(f"  {name}: {fault}\n")
                context.close()
        browser.close()


if __name__ == "__main__":
    main()
