"""How long somebody waits: python -m tests.benchmarks.start [--times 5] [--json]

From the `playground` command to its first page, in an empty data folder (where the database has to be made) and in one
that is there already; with the processor time of the web process, which depends less on what else the machine does.
From the click on Play to the first picture with something learned on the screen of a real browser, measured in the
page: until the second animation frame after the message that brought it, since the first draws and the second comes
after that.
"""

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.request import urlopen

import psutil
from playwright.sync_api import Browser, sync_playwright

from tests.tools.browser import find
from tests.tools.server import RunningServer

GOAL_PAGE, GOAL_PICTURE = 3.0, 0.15  # seconds
# Runs before the page's own scripts: notes the click, looks at what comes by websocket after it.
PROBE = """
window.waited = new Promise((resolve) => {
  let clicked = 0, message = 0;
  addEventListener("click", (event) => { if (event.target.closest(".play")) clicked ||= performance.now(); }, true);
  const learned = (data) => {
    const length = new DataView(data).getUint32(0, true);
    return JSON.parse(new TextDecoder().decode(new Uint8Array(data, 4, length))).update > 0;
  };
  const Native = WebSocket;
  window.WebSocket = class extends Native {
    constructor(...where) {
      super(...where);
      this.addEventListener("message", ({ data }) => {
        if (!clicked || message || typeof data === "string" || !learned(data)) return;
        message = performance.now() - clicked;
        requestAnimationFrame(() => requestAnimationFrame(
          () => resolve({ message, picture: performance.now() - clicked })));
      });
    }
  };
});
"""


def first_page(folder: Path) -> tuple[float, float]:
    """Seconds, and seconds of the web process's processor time, until the page is there."""
    script = Path(sys.executable).with_name("playground")
    command = [str(script)] if script.exists() else [sys.executable, "-m", "app.cli"]
    began = time.monotonic()
    process = subprocess.Popen(
        [*command, "serve", "--port", "0", "--data-dir", str(folder)],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stdout
        for line in process.stdout:
            if found := re.search(r"Playground: (http://\S+)", line):
                break
        else:
            raise SystemExit("The server did not start.")
        with urlopen(found[1], timeout=60) as answer:
            answer.read()
        took, times = time.monotonic() - began, psutil.Process(process.pid).cpu_times()
        return took, times.user + times.system
    finally:
        process.terminate()
        process.communicate(timeout=30)


def first_picture(browser: Browser, url: str) -> dict[str, float]:
    """Seconds from the click on Play to the message that brings something learned, and to its picture."""
    page = browser.new_page()
    page.add_init_script(PROBE)
    page.goto(url)
    page.wait_for_selector("html[data-ready]")
    page.get_by_role("button", name="Play", exact=True).click()
    waited = page.evaluate("() => window.waited")
    page.get_by_role("button", name="Pause", exact=True).click()
    page.close()
    return {name: value / 1000 for name, value in waited.items()}


def measure(times: int) -> dict[str, float]:
    """Medians, in seconds."""
    fresh, again = [], []
    with tempfile.TemporaryDirectory() as folder:
        for k in range(times):
            fresh.append(first_page(Path(folder) / str(k)))
            again.append(first_page(Path(folder) / str(k)))
    chromium = find()
    with (
        tempfile.TemporaryDirectory() as folder,
        RunningServer(Path(folder)) as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium, chromium_sandbox=os.geteuid() != 0)
        pictures = [first_picture(browser, server.url) for _ in range(times)]
        browser.close()
    middle = statistics.median
    return {
        "first_start": middle(wall for wall, _ in fresh),
        "first_start_cpu": middle(cpu for _, cpu in fresh),
        "later_start": middle(wall for wall, _ in again),
        "later_start_cpu": middle(cpu for _, cpu in again),
        "message": middle(p["message"] for p in pictures),
        "picture": middle(p["picture"] for p in pictures),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    found = measure(chosen.times)
    if chosen.json:
        sys.stdout.write(json.dumps(found) + "\n")
        return
    sys.stdout.write(
        f"command to first page    {found['later_start']:.2f} s ({found['later_start_cpu']:.2f} s of processor time), "
        f"the very first time {found['first_start']:.2f} s ({found['first_start_cpu']:.2f} s); goal {GOAL_PAGE:g} s\n"
        f"click on Play to picture {1000 * found['picture']:.0f} ms, of which {1000 * found['message']:.0f} ms until "
        f"the message was there; goal {1000 * GOAL_PICTURE:.0f} ms\n"
    )


if __name__ == "__main__":
    main()
