"""A convolutional network, built from nothing and trained on digits with the keyboard alone."""

from playwright.sync_api import Page, expect

from tests.browser.playground import Playground

SIZES = "p.spec.network.layers.map((layer) => layer.units ?? layer.type)"


class Keys:
    """Hands that only type."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def focus(self, selector: str, most: int = 120) -> None:
        """Tab on until what has the focus fits; backwards where that is nearer does not matter."""
        for _ in range(most):
            if self.page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
                return
            self.press("Tab")
        raise AssertionError(f"The Tab key never comes to {selector}.")

    def add(self, words: str) -> None:
        """A layer before the output, found by its name in the palette."""
        self.focus('[data-action="palette"]')
        self.press("Enter")
        self.page.wait_for_selector("#palette:popover-open")
        self.page.keyboard.type(words)
        self.press("Enter")

    def fill(self, label: str, text: str) -> None:
        """A field of the menu that is open."""
        label_of = "document.activeElement.closest('label')?.textContent.trim() === argument"
        self.page.locator("#part_form .form").wait_for()
        for _ in range(40):
            if self.page.evaluate(f"(argument) => {label_of}", label):
                break
            self.press("Tab")
        else:
            raise AssertionError(f"The Tab key never comes to the field {label}.")
        self.press("Control+a")
        self.page.keyboard.type(text)
        self.press("Enter")


def test_a_cnn_from_nothing_learns_digits(playground: Playground) -> None:
    playground.open("speed=max")
    page, keys = playground.page, Keys(playground.page)

    # real data, digits; then nothing but the output
    keys.focus('[data-slot="task"]')
    page.keyboard.type("Classify: real")
    playground.until("p.spec.data.type !== 'circle'")
    keys.focus('.thumb[data-key="digits"]')
    keys.press("Enter")
    playground.until("p.spec.data.type === 'digits'")
    keys.focus('[data-action="remove-layer"]')
    keys.press("Enter", "Enter")
    assert playground.ask(SIZES) == [10]

    # three layers from the palette, each found by its name
    keys.add("conv2d")
    keys.add("max pool")
    keys.add("flatten")
    playground.settled()
    assert playground.ask(SIZES) == ["conv2d", "max_pool2d", "flatten", 10]
    assert playground.ask("p.errors") == []

    # the convolution's own menu: 12 filters
    keys.focus('.layer[data-layer="conv2d"] .layer__title')
    keys.press("Enter")
    keys.fill("Filters", "12")
    keys.press("Escape")
    keys.focus('.layer[data-layer="conv2d"] .layer__activation select')
    page.keyboard.type("ReLU")
    playground.settled()
    layer = playground.ask("p.run.spec.network.layers[0]")
    assert (layer["filters"], layer["activation"]["type"]) == (12, "relu")

    # play, from wherever the focus is, and watch it learn
    keys.focus('[data-view="transport"] [data-action="toggle"]')
    keys.press("Enter")
    metric = "p.history.columns.indexOf('test_metric')"
    playground.until(f"p.history.rows.at(-1)[{metric}] >= 0.92")
    keys.press("Enter")
    playground.rested("p.run.state === 'paused'")

    shown = page.locator('.numbers [data-slot="metric"]')
    expect(shown).to_have_text(playground.ask(f"(100 * p.history.rows.at(-1)[{metric}]).toFixed(1)") + " %")
    told = playground.api(f"/runs/{playground.ask('p.runId')}/evaluation?split=test")
    assert told["metric"] >= 0.9
    assert sum(row[i] for i, row in enumerate(told["confusion"])) / sum(map(sum, told["confusion"])) >= 0.9
