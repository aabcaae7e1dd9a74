"""Features typed as formulas: refused where they are wrong, drawn and learned like the others, part of the link."""

import re

from playwright.sync_api import expect

from tests.browser.playground import Playground
from tests.browser.test_for_everyone import serious
from tests.browser.test_pictures import largest, points_of


def type_in(playground: Playground, formula: str) -> None:
    field = playground.page.get_by_label("Own formula")
    field.fill(formula)
    field.press("Enter")


def features(playground: Playground) -> list[str]:
    return playground.ask("p.spec.data.features")


def test_a_formula_becomes_a_feature_with_a_picture_a_link_and_an_undo(playground: Playground) -> None:
    playground.open("dataset=circle&layers=dense(units=1,activation=tanh)&speed=60")
    type_in(playground, "x1^2 + x2^2")
    page = playground.page
    expect(playground.button("x² + y²")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_label("Own formula")).to_have_value("")
    playground.settled()
    assert features(playground) == ["x", "y", "x^2+y^2"]
    run = playground.learn(0.95)  # one neuron is enough
    playground.until("p.history.rows.at(-1)[5] > 0.95")
    spec = playground.api(f"/runs/{run}")["spec"]
    assert spec["data"]["features"] == ["x", "y", "x^2+y^2"]
    points = points_of(playground)
    engine = playground.api(f"/runs/{run}/predict", {"inputs": points})["outputs"]
    assert largest(playground.pictures("output", points), engine) < 1e-5

    # shown large by pointing
    playground.button("x² + y²").hover()
    expect(page.locator(".plane__caption").get_by_text("Feature x² + y²")).to_be_visible()

    # off and on, in the same place; undone; a link has it
    playground.button("x² + y²").click()
    assert features(playground) == ["x", "y"]
    expect(playground.button("x² + y²")).to_have_attribute("aria-pressed", "false")
    page.locator('[data-action="undo"]').click()
    assert features(playground) == ["x", "y", "x^2+y^2"]
    playground.settled()
    playground.reload()
    assert features(playground) == ["x", "y", "x^2+y^2"]
    expect(playground.button("x² + y²")).to_have_attribute("aria-pressed", "true")
    assert serious(page) == []


def test_what_is_wrong_with_a_formula_is_said_at_the_field(playground: Playground) -> None:
    playground.open()
    before = playground.ask("p.runId")
    field, mistake = playground.page.get_by_label("Own formula"), playground.page.locator(".own-formula__mistake")
    for formula, said in (
        ("2x", "Expected an operator or the end, got “x” at sign 2."),
        ("sin(x", "Expected “)” or an operator at the end."),
        ("foo(x)", "got “foo” at sign 1."),
        ("log(x)", re.compile(r"log\(x\) has no value, or one too large, at \d+ of \d+ points: first at x = −")),
        ("x1", "It is fed in already."),
    ):
        type_in(playground, formula)
        expect(mistake).to_contain_text(said)
        expect(field).to_have_attribute("aria-invalid", "true")
        assert features(playground) == ["x", "y"]
    assert serious(playground.page) == []
    field.fill("abs(x)")
    expect(mistake).to_have_text("")
    field.press("Enter")
    expect(playground.button("abs(x)")).to_be_visible()
    playground.settled()
    assert playground.ask("p.runId") != before
    assert playground.ask("p.run.spec.data.features") == ["x", "y", "abs(x)"]


def test_a_link_with_formulas_opens_in_its_own_order_and_says_what_it_can_not_read(playground: Playground) -> None:
    playground.open("dataset=spiral&features=max(x%2Cy),sin(3*x),y,2x&layers=dense(units=2),dense(units=1)")
    assert features(playground) == ["max(x,y)", "sin(3*x)", "y"]
    expect(playground.page.get_by_text('"2x" is no formula')).to_be_visible()
    run = playground.train(2)
    points = points_of(playground)
    engine = playground.api(f"/runs/{run}/predict", {"inputs": points})["outputs"]
    assert largest(playground.pictures("output", points), engine) < 1e-5


def test_a_server_that_finds_points_without_a_value_says_so_at_the_field(playground: Playground) -> None:
    playground.open("dataset=circle&features=x,sqrt(y)")
    expect(playground.page.locator(".own-formula__mistake")).to_contain_text(
        "sqrt(y) has no value, or one too large, at"
    )
    playground.button("sqrt(y)").click()
    playground.settled()
    expect(playground.page.locator(".own-formula__mistake")).to_have_text("")
    assert playground.ask("p.run.spec.data.features") == ["x"]
