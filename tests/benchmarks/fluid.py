"""How fluid the page is while a network trains flat out: frames a second, long tasks, the main thread's work a frame.

python -m tests.benchmarks.fluid [--seconds 10] [--only circle,digits,mnist] [--profile]

Read from the browser's own trace, while the page is asked for a frame as often as it can give one: a frame is a firing
of animation frames, a long task one of more than 50 ms on the page's main thread. On a machine that does other things
too, tasks wait for a core: then the main thread's own time says more. At 60 frames a second it has 16.7 ms for each.
"""

import argparse
import os
import shutil
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from tests.benchmarks.workloads import mnist_folder
from tests.tools.browser import find
from tests.tools.server import RunningServer

CATEGORIES = "devtools.timeline,disabled-by-default-devtools.timeline,toplevel,blink.user_timing,v8.execute"
PROFILING = "disabled-by-default-v8.cpu_profiler"
LONG = 50_000  # microseconds
ROW = "{:8}{:>10}{:>12}{:>13}{:>10}{:>13}{:>10}\n"
STATES = {
    "circle": "speed=max",
    "digits": "dataset=digits&speed=max&layers=conv2d(filters=8,activation=relu),max_pool2d,flatten,"
    "dense(units=32,activation=relu),dense(units=10,activation=softmax)",
    "mnist": "dataset=mnist&speed=max&batch=32&optimizer=adam&layers=conv2d(filters=32,activation=relu),max_pool2d,"
    "conv2d(filters=64,activation=relu),max_pool2d,conv2d(filters=64,activation=relu),flatten,"
    "dense(units=64,activation=relu),dense(units=10,activation=softmax)",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=10, help="how long each is watched")
    parser.add_argument("--only", default="", help=f"some of {', '.join(STATES)}")
    parser.add_argument("--profile", action="store_true", help="also say which functions took the time")
    options = parser.parse_args()
    chosen = [name for name in STATES if not options.only or name in options.only.split(",")]
    chromium = find()  # before Playwright's loop runs
    with tempfile.TemporaryDirectory() as folder:
        link_mnist(Path(folder))
        with RunningServer(Path(folder)) as server, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, chromium_sandbox=os.geteuid() != 0)
            sys.stdout.write(
                ROW.format("", "frames/s", "long tasks", "of own work", "longest", "main thread", "a frame")
            )
            for name in chosen:
                if name == "mnist" and not mnist_folder().is_dir():
                    continue
                show(name, *watch(browser, server.url, STATES[name], options.seconds, options.profile))
            browser.close()


def link_mnist(data: Path) -> None:
    """The server finds MNIST where it looks for it."""
    if mnist_folder().is_dir():
        shutil.copytree(mnist_folder(), data / "datasets" / "mnist")


def watch(
    browser: Browser, url: str, address: str, seconds: float, profile: bool
) -> tuple[list[dict[str, Any]], float]:
    """The trace of a page that trains, from its second second on; and how long it was watched."""
    page = browser.new_page(viewport={"width": 1920, "height": 1080})
    page.goto(f"{url}/#{address}")
    page.wait_for_selector("html[data-ready]")
    page.get_by_role("button", name="Play", exact=True).click()
    page.evaluate("() => { const ask = () => requestAnimationFrame(ask); ask(); }")
    page.wait_for_timeout(2000)
    client = page.context.new_cdp_session(page)
    events = traced(client, page, seconds, CATEGORIES + (f",{PROFILING}" if profile else ""))
    page.close()
    return events, seconds


def traced(client: CDPSession, page: Page, seconds: float, categories: str) -> list[dict[str, Any]]:
    """What the browser writes down meanwhile."""
    events: list[dict[str, Any]] = []
    done: list[bool] = []
    client.on("Tracing.dataCollected", lambda data: events.extend(data["value"]))
    client.on("Tracing.tracingComplete", lambda _: done.append(True))
    client.send("Tracing.start", {"categories": categories, "transferMode": "ReportEvents"})
    page.wait_for_timeout(seconds * 1000)
    client.send("Tracing.end")
    while not done:
        page.wait_for_timeout(50)
    return events


def main_thread(events: list[dict[str, Any]]) -> tuple[int, int]:
    """Process and thread that run the page's scripts: those with most animation frames."""
    fired = Counter((e["pid"], e["tid"]) for e in events if e["name"] == "FireAnimationFrame")
    if not fired:
        raise SystemExit("The page drew no frame. Does it train?")
    return fired.most_common(1)[0][0]


def show(name: str, events: list[dict[str, Any]], seconds: float) -> None:
    thread = main_thread(events)
    mine = [e for e in events if (e["pid"], e["tid"]) == thread]
    frames = len({e["ts"] for e in mine if e["name"] == "FireAnimationFrame"})
    tasks = [e for e in mine if e["name"].endswith("RunTask") and e.get("ph") == "X"]
    own = [e.get("tdur", e["dur"]) for e in tasks]
    long, busy = (sum(took > LONG for took in times) for times in ([e["dur"] for e in tasks], own))
    share, each = sum(own) / seconds / 1e4, sum(own) / 1000 / max(1, frames)
    cells = (
        f"{frames / seconds:.1f}",
        f"{long}",
        f"{busy}",
        f"{max(own, default=0) / 1000:.0f} ms",
        f"{share:.0f} %",
        f"{each:.1f} ms",
    )
    sys.stdout.write(ROW.format(name, *cells))
    for function, share in heaviest(mine, events):
        sys.stdout.write(f"{'':8}{share:6.1f} %  {function}\n")


def heaviest(mine: list[dict[str, Any]], events: list[dict[str, Any]]) -> list[tuple[str, float]]:
    """Functions by the samples of the profile that hit them; empty without a profile."""
    nodes: dict[int, str] = {}
    hits: Counter[str] = Counter()
    pid = mine[0]["pid"] if mine else None
    for event in events:
        if event["name"] != "ProfileChunk" or event["pid"] != pid:
            continue
        data = event["args"]["data"]
        for node in data.get("cpuProfile", {}).get("nodes", []):
            frame = node["callFrame"]
            place = f"{Path(frame.get('url', '')).name}:{frame.get('lineNumber', 0) + 1}"
            nodes[node["id"]] = f"{frame['functionName'] or 'anonymous'} {place}"
        deltas = data.get("timeDeltas", [])
        for sample, delta in zip(data.get("cpuProfile", {}).get("samples", []), deltas, strict=False):
            hits[nodes.get(sample, "?")] += max(0, delta)
    total = sum(hits.values()) or 1
    return [(function, 100 * took / total) for function, took in hits.most_common(24)]


if __name__ == "__main__":
    main()
