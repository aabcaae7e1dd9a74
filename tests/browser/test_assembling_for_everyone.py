"""What opens while a network is put together, and the tools on the plane, keep nobody out: both themes, phone too."""

import pytest
from playwright.sync_api import expect

from tests.browser.playground import Playground
from tests.browser.test_for_everyone import serious

RESIDUAL = (
    "layers=dense(units=4,activation=tanh),dense(units=4,activation=tanh),add(inputs=hidden2;hidden1),"
    "dense(units=1,activation=tanh)"
)


def clean(playground: Playground, state: str) -> None:
    for theme in ("light", "dark"):
        playground.page.emulate_media(color_scheme=theme)
        assert serious(playground.page) == [], f"{state}, {theme}"
    assert not playground.page.evaluate("document.documentElement.scrollWidth > innerWidth"), state


@pytest.mark.parametrize("size", [(1280, 800), (360, 740)], ids=["wide", "phone"])
def test_menus_and_tools_keep_nobody_out(playground: Playground, size: tuple[int, int]) -> None:
    page = playground.page
    page.set_viewport_size({"width": size[0], "height": size[1]})
    playground.open(RESIDUAL)
    clean(playground, "a shortcut")
    playground.button("Start from …").click()
    clean(playground, "presets")
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    page.wait_for_selector("#palette:popover-open")
    clean(playground, "palette")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Add", exact=True).click()
    page.locator("#part_form .form").wait_for()
    clean(playground, "what a join reads")
    page.keyboard.press("Escape")
    page.keyboard.press("l")
    page.locator(".line").first.wait_for()
    clean(playground, "lines")
    playground.open("dataset=points&classes=5&show=lines")
    clean(playground, "points")
    playground.open("dataset=reg_points")
    clean(playground, "values")


def test_a_join_is_explained_on_its_neuron_s_card(playground: Playground) -> None:
    playground.open(RESIDUAL)
    playground.neuron("add", 2).click()
    expect(playground.page.locator("#card .card__formula annotation")).to_contain_text("x_1 + x_2")
    playground.page.keyboard.press("Escape")
    # behind the shortcut, neurons are told by their numbers, not by the features
    playground.neuron("output", 0).click()
    assert playground.page.locator("#card .weight__name").all_inner_texts()[0] == "weight of n₁"
