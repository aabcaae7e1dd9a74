"""The page as a student uses it, and what it says of itself through `window.playground`."""

import json
import urllib.request
from typing import Any

from playwright.sync_api import Locator, Page

from app.language import COOKIE, ENGLISH, Language, words

PATIENCE = 60_000  # milliseconds; a loaded machine needs some
RESTED = "p.run.state !== 'running' && p.frame.state === p.run.state && p.frame.update === p.run.update"
# Where storage is forbidden, as in some frames, nothing is remembered.
SEEN = 'try { localStorage.setItem("playground.tour", "seen"); } catch { /* forbidden */ }'


class Playground:
    """Drives one page, in any language: names are given in English. `faults` collects errors of its scripts."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url, self.language = page, url, ENGLISH
        self.faults: list[str] = []
        page.set_default_timeout(PATIENCE)
        page.add_init_script(SEEN)  # as somebody who has been here before
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", lambda m: m.type == "error" and "load resource" not in m.text and self.faults.append(m.text))

    def speak(self, language: Language) -> None:
        """From now on the page is in this language."""
        self.language = language
        self.page.context.add_cookies([{"name": COOKIE, "value": language.code, "url": f"{self.url}/"}])

    def say(self, sentence: str) -> str:
        """A sentence in the language of the page."""
        return words(self.language).say(sentence)

    def open(self, address: str = "") -> "Playground":
        """Open the page with this text after the #, and wait until its network is there."""
        if self.page.url.startswith(self.url):  # another text after the # alone loads nothing: the page before is ready
            self.page.goto("about:blank")
        self.page.goto(f"{self.url}/#{address}" if address else f"{self.url}/")
        return self.ready()

    def reload(self) -> "Playground":
        self.page.reload()
        return self.ready()

    def ready(self) -> "Playground":
        self.page.wait_for_selector("html[data-ready]")
        return self

    def ask(self, expression: str, argument: Any = None) -> Any:
        """A value of `window.playground`, given as p."""
        return self.page.evaluate(f"(argument) => {{ const p = window.playground; return {expression}; }}", argument)

    def until(self, condition: str, argument: Any = None, timeout: float = PATIENCE) -> None:
        """Wait for a condition on `window.playground`, given as p."""
        self.page.wait_for_function(
            f"(argument) => {{ const p = window.playground; return {condition}; }}", arg=argument, timeout=timeout
        )

    # what a student does

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=self.say(name), exact=True)

    def play(self) -> None:
        self.button("Play").click()
        self.until("p.run.state !== 'created' && p.run.state !== 'paused'")

    def pause(self) -> None:
        self.button("Pause").click()
        self.rested("p.run.state === 'paused'")

    def step(self, epoch: int) -> None:
        """The step that ends at this epoch."""
        self.button("Step").click()
        self.rested(f"p.run.state === 'paused' && p.run.epoch === {epoch}")

    def rested(self, condition: str = "true", argument: Any = None) -> None:
        """Wait until this is so, the run stands, and its last weights and rows are here: they come after the word."""
        self.until(f"{RESTED} && ({condition})", argument)

    def pause_all(self) -> None:
        """Pause what is compared, and wait until all that it came to is here, of runs that have ended as well."""
        self.button("Pause all").click()
        self.until("p.compare.state === 'paused'")
        rows = [run["seq"] for run in self.api(f"/groups/{self.ask('p.compare.id')}")["runs"]]
        self.until("p.compare.members.every((m, k) => m.rows.length === argument[k])", rows)

    def painted(self) -> None:
        """Wait until all that the page knows is drawn: its views draw once a frame."""
        drawn(self.page)

    def train(self, epochs: int) -> str:
        """Play until so many epochs are done, then pause. Gives the run's id."""
        return self.train_until("p.run.epoch >= argument", epochs)

    def learn(self, metric: float) -> str:
        """Play until the accuracy (or R²) on the test examples is higher, then pause. Gives the run's id."""
        return self.train_until("p.history.rows.at(-1)[5] > argument", metric)

    def train_until(self, condition: str, argument: Any = None) -> str:
        self.play()
        self.until(condition, argument)
        self.pause()
        return str(self.ask("p.runId"))

    def reset(self) -> None:
        self.button("Reset to the same start").click()
        self.rested("p.run.state === 'created' && p.run.epoch === 0 && p.history.rows.length === 1")

    def choose(self, label: str, value: str) -> None:
        """Choose from the menu with this label."""
        self.menu(label).select_option(label=value)

    def menu(self, label: str) -> Locator:
        return self.page.get_by_role("combobox", name=self.say(label), exact=True)

    def settled(self) -> None:
        """Wait until the run is of the experiment that the controls show."""
        self.page.evaluate("() => window.playground.settled()")

    def neuron(self, layer: str, unit: int) -> Locator:
        return self.page.locator(f'.neuron[data-layer="{layer}"][data-unit="{unit}"]')

    # what the page knows

    def rows(self) -> list[dict[str, float | None]]:
        """The history, row by row; null stands for "not defined"."""
        history = self.ask("p.history")
        rows = [[None if value != value else value for value in row] for row in history["rows"]]  # NaN is not itself
        return [dict(zip(history["columns"], row, strict=True)) for row in rows]

    def pictures(self, layer: str, points: list[list[float]]) -> list[list[float]]:
        """What the browser computes for each neuron of a layer at these points."""
        return self.ask(f"p.pictures('{layer}', argument)", points)

    # the engine's own word

    def api(self, path: str, body: Any = None) -> Any:
        """GET, or POST where there is a body."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            f"{self.url}/api/v1{path}", data=data, headers={"content-type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)


def drawn(page: Page) -> None:
    """Wait until the browser has drawn what it was asked for: a change of size or theme, a stroke, a dialog."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))")
