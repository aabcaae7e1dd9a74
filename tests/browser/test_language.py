"""The page in Chinese: chosen by a switch that keeps everything, and Chinese through and through."""

import re

import pytest
from playwright.sync_api import expect

from app.language import CHINESE, ENGLISH
from tests.browser.playground import Playground
from tests.browser.states import STATES
from tests.browser.test_axe_states import keeps_nobody_out

# Names, signs and code, which are the same in every language.
NAMES = re.compile(
    r"relu|g?elu|silu|swish|tanh|sigmoid|soft(max|plus)|leaky|sgd|adam\w*|ada(grad|delta)|rmsprop|nesterov|huber|glorot"
    r"|xavier|kaiming|lstm|gru|rnn|cnn|dropout|conv\w*|f?mnist|fashion|keras|pytorch|tensorflow|playground|numpy|onnx"
    r"|safetensors|npz|idx|csv|json|zip|curl|python|javascript|tab|ctrl|alt|shift|esc|enter|del|sin|cos|tan|exp|log|sqrt|abs|min|max|xor|[hl]dl"
    r"|epsilon|alpha|beta\d?|gamma|delta|rho|kernel|flatten|valid|same|explicit",
    re.IGNORECASE,
)
SAID = """() => {
  const found = new Set(), seen = (e) => e.checkVisibility({ visibilityProperty: true });
  const other = (e) => e.closest(".katex, code, kbd, canvas, script, style, textarea, template, [lang]:not(html)");
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const at = walk.currentNode.parentElement;
    if (!other(at) && (at.closest("option") ? seen(at.closest("select")) : seen(at))) found.add(walk.currentNode.data);
  }
  for (const e of document.body.querySelectorAll("*")) {
    if (other(e) || !seen(e)) continue;
    for (const name of ["title", "data-help", "aria-label", "aria-description", "aria-roledescription", "placeholder"])
      if (e.hasAttribute(name)) found.add(e.getAttribute(name));
  }
  return [...found, document.title].map((text) => text.trim()).filter(Boolean);
}"""


def english(playground: Playground) -> list[str]:
    """What is said in English words on the page."""
    said = playground.page.evaluate(SAID)
    said = [re.sub(r"http\S+|playground data fetch [a-z -]+", "", text) for text in said]
    return [text for text in said if not all(NAMES.fullmatch(word) for word in re.findall(r"[A-Za-z]{3,}", text))]


def test_the_switch_keeps_experiment_and_run(playground: Playground) -> None:
    playground.open("dataset=xor&layers=dense(units=3,activation=tanh),dense(units=1,activation=tanh)&speed=60")
    run, epoch = playground.train(20), playground.ask("p.run.epoch")
    address, spec = playground.page.url, playground.ask("p.spec")
    select = playground.page.get_by_role("combobox", name="Language")
    select.focus()
    with playground.page.expect_navigation():
        select.press("ArrowDown")
    playground.ready()
    expect(playground.page.locator("html")).to_have_attribute("lang", CHINESE.tag)
    expect(playground.page.get_by_role("heading", name="神经网络游乐场")).to_be_visible()
    assert (playground.page.url, playground.ask("p.spec")) == (address, spec)
    assert (playground.ask("p.runId"), playground.ask("p.run.epoch")) == (run, epoch)

    with playground.page.expect_navigation():
        playground.page.get_by_role("combobox", name="语言").select_option(ENGLISH.code)
    playground.ready()
    expect(playground.button("Play")).to_be_visible()
    assert playground.ask("p.runId") == run


@pytest.mark.parametrize("state", sorted(set(STATES) - {"empty", "running"}))  # the others show all of these
def test_nothing_is_left_in_english_and_nothing_keeps_anybody_out(playground: Playground, state: str) -> None:
    playground.speak(CHINESE)
    playground.page.emulate_media(reduced_motion="reduce")
    STATES[state](playground)
    assert english(playground) == []
    keeps_nobody_out(playground)


def test_a_mistake_is_told_in_chinese_at_its_place(playground: Playground) -> None:
    playground.speak(CHINESE)
    STATES["wrong"](playground)
    fault = playground.ask("p.errors[0]")
    assert re.search("[一-鿿]", fault["message"] + fault["fix"])
    expect(playground.page.locator(".layer__error:visible")).to_contain_text(fault["message"])
