"""The playground inside somebody else's page: hidden controls are gone, it is steered from outside, by friends only."""

from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from app.paths import resource
from tests.browser.lesson import Site, serve
from tests.browser.playground import PATIENCE, drawn
from tests.browser.test_for_everyone import serious
from tests.tools.server import RunningServer
from tests.tools.waiting import wait

TAG = """<network-playground experiment="dataset=circle&speed=60" hide="noise,batch,discretize"
    lock="dataset,learningRate"></network-playground>"""


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with serve() as friend:
        yield friend


@pytest.fixture(scope="module")
def stranger() -> Iterator[Site]:
    with serve() as other:
        yield other


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory, site: Site) -> Iterator[RunningServer]:
    """A server that one other site may show in a frame."""
    running = RunningServer(tmp_path_factory.mktemp("school"), workers=1, frame_ancestors=site.url)
    yield running
    running.stop()
    assert "Traceback (most recent call last)" not in running.log()


@pytest.fixture(autouse=True)
def patient(page: Page) -> None:
    page.set_default_timeout(PATIENCE)


def inside(page: Page) -> FrameLocator:
    """The playground, through the component's shadow."""
    return page.frame_locator("network-playground iframe")


def heard(page: Page, type: str) -> list[dict]:
    return page.evaluate("(type) => window.heard.filter((event) => event.type === type)", type)


def until(page: Page, condition: str) -> None:
    page.wait_for_function(condition, timeout=PATIENCE)


def opened(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_selector("html[data-ready]")


def lesson(page: Page, school: RunningServer, site: Site, tag: str = TAG) -> FrameLocator:
    page.goto(site.lesson(school.url, tag))
    until(page, "window.heard.some((event) => event.type === 'ready')")
    return inside(page)


def test_a_lesson_hides_three_controls_starts_training_and_hears_the_losses(
    page: Page, school: RunningServer, site: Site
) -> None:
    frame = lesson(page, school, site)
    for hidden in ("Noise", "Batch size", "Discretize"):
        expect(frame.get_by_text(hidden, exact=True)).to_be_hidden()
    expect(frame.get_by_text("Training share")).to_be_visible()
    expect(frame.get_by_text("Show test data")).to_be_visible()

    expect(frame.get_by_role("button", name="Circle")).to_be_disabled()
    expect(frame.get_by_role("button", name="Spiral")).to_be_hidden()  # what can not be chosen is not offered
    rate = frame.get_by_role("combobox", name="Learning rate", exact=True)
    expect(rate).to_be_disabled()
    expect(rate).to_have_value("0.03")

    page.evaluate("document.querySelector('network-playground').play()")
    until(page, "window.heard.some((event) => event.type === 'epoch' && event.epoch >= 5)")
    standing = page.evaluate("document.querySelector('network-playground').pause()")
    states, epochs = heard(page, "state"), heard(page, "epoch")
    assert [event["state"] for event in states] == ["running", "paused"]
    assert standing["test_loss"] == states[-1]["test_loss"] == epochs[-1]["test_loss"]
    assert epochs == sorted(epochs, key=lambda event: event["epoch"])
    assert epochs[-1]["test_loss"] < epochs[0]["test_loss"]
    expect(frame.locator(".numbers [data-slot=test]")).to_have_text(f"{epochs[-1]['test_loss']:.3f}")
    assert heard(page, "error") == []


def test_plain_messages_do_the_same(page: Page, school: RunningServer, site: Site) -> None:
    lesson(page, school, site)
    post = """(message) => document.querySelector('network-playground').shadowRoot.querySelector('iframe')
        .contentWindow.postMessage({ playground: 1, ...message }, '*')"""
    page.evaluate(post, {"type": "play", "id": "first"})
    until(page, "window.raw.some((m) => m.type === 'done' && m.id === 'first' && m.result.state === 'running')")
    until(page, "window.raw.some((m) => m.type === 'epoch' && m.epoch > 0 && m.train_loss > 0)")
    page.evaluate(post, {"type": "dance", "id": 2})
    until(page, "window.raw.some((m) => m.type === 'error' && m.id === 2 && /dance/.test(m.message))")


def test_methods_step_reset_set_and_get(page: Page, school: RunningServer, site: Site) -> None:
    frame = lesson(page, school, site)

    def call(text: str) -> object:
        return page.evaluate(f"document.querySelector('network-playground').{text}")

    call("step()")
    until(page, "document.querySelector('network-playground').epoch === 1")
    expect(frame.locator(".epoch__count")).to_have_text("000,001")
    call("reset()")
    until(page, "document.querySelector('network-playground').epoch === 0")
    assert call("set('training.optimizer.learning_rate', 0.3)") == {"notes": []}
    expect(frame.get_by_role("combobox", name="Learning rate", exact=True)).to_have_value("0.3")
    call("set('data.type', 'xor')")
    call("set('network.layers.hidden1.units', 3)")
    call("set('test', true)")
    expect(frame.get_by_role("button", name="One unit more in Hidden 1")).to_be_visible()
    assert call("get('network.layers.hidden1.units')") == 3
    assert "dataset=xor" in call("get()")["link"]  # type: ignore[index]
    too_much = call("set('data.noise', 900)")
    assert "50" in too_much["notes"][0]  # type: ignore[index]
    assert "no.such.path" in str(call("set('no.such.path', 1).catch((error) => error.message)"))


def test_the_frame_is_as_high_as_what_is_in_it(page: Page, school: RunningServer, site: Site) -> None:
    page.set_viewport_size({"width": 420, "height": 800})
    lesson(page, school, site)
    frame = page.frames[1]
    outside = "document.querySelector('network-playground').getBoundingClientRect().height"

    def fits() -> bool:
        content = frame.evaluate("document.body.getBoundingClientRect().height")
        return abs(page.evaluate(outside) - content) < 2

    wait(fits)
    narrow = page.evaluate(outside)
    assert frame.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.set_viewport_size({"width": 1300, "height": 800})
    wait(lambda: page.evaluate(outside) < narrow - 200 and fits())
    page.evaluate("document.querySelector('network-playground').setAttribute('height', '500')")
    wait(lambda: page.evaluate(outside) == 500)


def test_a_site_that_is_not_on_the_list_sees_and_hears_nothing(
    page: Page, school: RunningServer, site: Site, stranger: Site
) -> None:
    """The browser refuses the frame; tests/js/embed.test.mjs shows that without that nobody would listen either."""
    refusals: list[str] = []
    page.on("console", lambda message: refusals.append(message.text))
    with page.expect_event("console", lambda message: "frame-ancestors" in message.text, timeout=PATIENCE):
        page.goto(stranger.lesson(school.url, TAG))
    assert any(site.url in text for text in refusals)
    page.evaluate("void document.querySelector('network-playground').play()")
    page.wait_for_load_state("networkidle")
    assert page.evaluate("[window.raw, window.heard]") == [[], []]
    assert page.locator("network-playground iframe").count() == 1
    assert "playground" not in (page.frames[1].url if len(page.frames) > 1 else "")


NOTEBOOK = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A notebook</title></head><body>
<script type="module">
  import widget from "/notebook.js";
  const listeners = {{}};
  window.traits = {{ server: "{server}", experiment: "dataset=circle&speed=60", share: "", hide: ["noise"], lock: [],
    theme: "", height: 0 }};
  widget.render({{ el: document.body, model: {{
    get: (name) => window.traits[name],
    set: (name, value) => {{ window.traits[name] = value; }},
    save_changes() {{}},
    on: (names, listener) => names.split(" ").forEach((name) => {{ listeners[name] = listener; }}),
    off() {{}},
  }} }});
  window.send = (message) => listeners["msg:custom"](message);
</script></body></html>"""


def test_the_notebook_widget_steers_and_follows(page: Page, school: RunningServer, site: Site) -> None:
    site.pages["/notebook.js"] = (resource("static") / "js/embed/notebook.js").read_text(encoding="utf-8")
    site.pages["/notebook"] = NOTEBOOK.format(server=school.url)
    page.goto(f"{site.url}/notebook")
    until(page, "window.traits.state === 'created' && window.traits.test_loss > 0")
    expect(page.frame_locator("iframe").get_by_text("Noise", exact=True)).to_be_hidden()
    page.evaluate("window.send({ type: 'play' })")
    until(page, "window.traits.state === 'running' && window.traits.epoch > 3")
    page.evaluate("window.send({ type: 'pause' })")
    until(page, "window.traits.state === 'paused'")
    page.evaluate("window.send({ type: 'set', path: 'no.such.path', value: 1 })")
    until(page, "/no.such.path/.test(window.traits.error)")


TF_KEYS = {
    "playButton": "button[aria-label=Play]",
    "stepButton": ".step",
    "resetButton": "[data-view=transport] [data-action=reset]",
    "learningRate": "[data-slot=learning-rate]",
    "activation": ".layer__activation >> nth=0",
    "regularization": "#settings [data-path='training.regularizer']",
    "regularizationRate": "[data-slot=regularization-rate]",
    "problem": "[data-slot=task]",
    "dataset": ".thumbs",
    "percTrainData": "[data-path='data.train_fraction']",
    "noise": "[data-path='data.noise']",
    "batchSize": "[data-path='training.batch_size']",
    "numHiddenLayers": "[data-action=add-layer]",
    "showTestData": "[data-look=test]",
    "discretize": "[data-look=discretize]",
    "numNodes1": ".layer[data-layer=hidden1] .layer__units .button >> nth=0",
    "xSquared": ".feature[data-key=x_squared]",
}


def test_every_hide_key_of_tensorflow_playground(page: Page, school: RunningServer) -> None:
    page.set_viewport_size({"width": 1300, "height": 900})
    opened(page, f"{school.url}/embed/")
    for selector in TF_KEYS.values():
        expect(page.locator(selector)).to_be_visible()
    opened(page, f"{school.url}/embed/?" + "&".join(f"{key}_hide=true" for key in TF_KEYS))
    for key, selector in TF_KEYS.items():
        expect(page.locator(selector), key).to_be_hidden()
    # still so after the page has drawn everything anew, and the keys of what is hidden do nothing
    page.evaluate("location.hash = 'dataset=xor'")
    until(page, "window.playground.spec.data.type === 'xor'")
    page.evaluate("window.playground.settled()")
    drawn(page)
    expect(page.locator(".layer[data-layer=hidden1]")).to_be_visible()
    for key, selector in TF_KEYS.items():
        expect(page.locator(selector), key).to_be_hidden()
    page.keyboard.press("Space")
    page.keyboard.press("s")
    page.evaluate("window.playground.settled()")
    assert page.evaluate("window.playground.run.state") == "created"


def test_what_is_locked_can_be_read_but_not_changed(page: Page, school: RunningServer) -> None:
    page.set_viewport_size({"width": 1300, "height": 900})
    opened(page, f"{school.url}/embed/?lock=loss,units,layers,activation,menu,weights,features,reset&theme=dark")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    before = page.evaluate("window.playground.spec")
    expect(page.get_by_role("combobox", name="Loss · fixed", exact=True)).to_be_disabled()
    expect(page.get_by_role("button", name="One unit more in Hidden 1")).to_be_disabled()
    expect(page.get_by_role("button", name="One hidden layer more")).to_be_disabled()
    expect(page.get_by_role("button", name="Hidden 1", exact=True)).to_be_disabled()
    expect(page.locator(".feature button").first).to_be_disabled()
    page.locator('.neuron[data-layer="hidden1"][data-unit="0"]').click()
    expect(page.locator("#card .weight input").first).to_be_disabled()
    page.keyboard.press("Escape")
    page.keyboard.press("s")
    page.wait_for_function("() => window.playground.run.epoch === 1", timeout=PATIENCE)
    page.keyboard.press("r")
    page.evaluate("window.playground.settled()")
    assert page.evaluate("window.playground.run.epoch") == 1
    assert page.evaluate("window.playground.spec") == before
    assert serious(page) == []


def test_names_that_are_not_known_are_said(page: Page, school: RunningServer) -> None:
    opened(page, f"{school.url}/#hide=noise,colour&dataset=xor")
    expect(page.locator(".note__text")).to_contain_text("There is no control “colour” to hide.")
    expect(page.locator("[data-path='data.noise']")).to_be_hidden()
    assert "hide=noise,colour" in page.url  # the link still hides it for the next one
    assert page.evaluate("window.playground.spec.data.type") == "xor"


def test_an_embed_speaks_the_language_that_its_page_asks_for(page: Page, school: RunningServer, site: Site) -> None:
    frame = lesson(page, school, site, '<network-playground experiment="dataset=xor" lang="zh"></network-playground>')
    expect(frame.locator("html")).to_have_attribute("lang", "zh-Hans")
    expect(frame.get_by_role("button", name="开始", exact=True)).to_be_visible()
    expect(frame.get_by_role("combobox", name="语言")).to_be_hidden()  # the page has chosen
    frame.get_by_role("button", name="隐藏层 1", exact=True).click()
    expect(frame.locator("#part_form")).to_contain_text("每个输出都是全部输入的加权和")  # fetched, without a cookie
    expect(frame.locator(".notes")).to_be_empty()


@pytest.mark.parametrize(("width", "theme"), [(320, "light"), (720, "dark"), (1200, "light"), (320, "dark")])
def test_nothing_keeps_anybody_out_of_an_embed(
    page: Page, school: RunningServer, width: int, theme: Literal["light", "dark"]
) -> None:
    page.set_viewport_size({"width": width, "height": 700})
    page.emulate_media(color_scheme=theme)
    opened(page, f"{school.url}/embed/?hide=noise&lock=dataset,learningRate,train")
    assert serious(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_an_embed_leaves_no_run_behind(page: Page, school: RunningServer) -> None:
    opened(page, f"{school.url}/embed/")
    run = page.evaluate("window.playground.runId")
    assert page.request.get(f"{school.url}/api/v1/runs/{run}").status == 200
    page.goto("about:blank")
    wait(lambda: page.request.get(f"{school.url}/api/v1/runs/{run}").status == 404)
