"""The confusion matrix opens what is confused; the most wrong examples come first; each can be looked at closely."""

import pytest
from playwright.sync_api import expect

from tests.browser.playground import Playground
from tests.browser.test_for_everyone import serious


def test_a_cell_of_the_matrix_opens_its_pictures(playground: Playground) -> None:
    run = playground.open("dataset=digits&speed=60").train(3)
    page = playground.page
    counts = playground.api(f"/runs/{run}/evaluation?split=test")["confusion"]
    n, true, predicted = max((n, r, c) for r, row in enumerate(counts) for c, n in enumerate(row) if r != c)
    assert n > 0
    cell = page.locator(f'.confusion [data-true="{true}"][data-predicted="{predicted}"]')
    expect(cell).to_have_text(str(n))
    cell.click()
    dialog = page.locator("#gallery")
    expect(dialog.get_by_role("heading")).to_have_text(f"{true}, taken for {predicted}")
    found = playground.api(f"/runs/{run}/mistakes?split=test&true={true}&predicted={predicted}")
    items = dialog.locator(".gallery__item")
    expect(items).to_have_count(n)
    assert [int(i.get_attribute("data-index") or -1) for i in items.all()] == found["index"]
    expect(items.first.locator("strong")).to_have_text(f"{true} → {predicted}")
    share = found["probabilities"][0][predicted]
    expect(items.first.locator('[data-slot="share"]')).to_contain_text(f"{100 * share:.1f} %")
    assert items.first.locator("canvas").evaluate("(c) => [c.width, c.height]") == [8, 8]
    assert serious(page) == []

    # one that is chosen becomes the example on show
    items.first.click()
    expect(dialog).to_be_hidden()
    playground.until("p.example.index === argument && p.example.target !== null", found["index"][0])
    expect(page.locator('[data-view="example"] [data-slot="truth"]')).to_have_text(
        f"It says {predicted}; it is {true}."
    )


def test_the_most_wrong_come_first_and_the_next_wrong_one_is_found(playground: Playground) -> None:
    run = playground.open("dataset=digits&speed=60").train(2)
    page = playground.page
    page.get_by_role("button", name="The most wrong examples").click()
    found = playground.api(f"/runs/{run}/mistakes?split=test&limit=24")
    items = page.locator("#gallery .gallery__item")
    expect(items).to_have_count(len(found["index"]))
    assert [int(i.get_attribute("data-index") or -1) for i in items.all()] == found["index"]
    assert found["losses"] == sorted(found["losses"], reverse=True)
    if found["total"] > 24:
        page.get_by_role("button", name="Show more").click()
        expect(items).to_have_count(min(48, found["total"]))
    page.keyboard.press("Escape")
    expect(page.locator("#gallery")).to_be_hidden()

    wrong = sorted(playground.api(f"/runs/{run}/mistakes?split=test&limit=200")["index"])
    for expected in [i for i in wrong if i > 0][:2]:
        playground.button("Next wrong").click()
        playground.until("p.example.index === argument", expected)


def test_the_matrix_is_walked_by_keys(playground: Playground) -> None:
    playground.open("dataset=iris").train(5)
    page = playground.page
    details = page.locator(".confusions")
    if details.get_attribute("open") is None:  # two columns: the plane has the place of honour
        details.locator("summary").click()
    page.locator('.confusion [data-true="0"][data-predicted="0"]').focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("[document.activeElement.dataset.true, document.activeElement.dataset.predicted]") == [
        "1",
        "1",
    ]
    assert page.locator('.confusion button[tabindex="0"]').count() == 1


@pytest.mark.parametrize("address", ["dataset=blobs&noise=30", "dataset=iris"], ids=["plane", "table"])
def test_points_and_rows_are_opened_too(playground: Playground, address: str) -> None:
    run = playground.open(address).train(8)
    page = playground.page
    if page.locator(".confusions").get_attribute("open") is None:
        page.locator(".confusions summary").click()
    counts = playground.api(f"/runs/{run}/evaluation?split=test")["confusion"]
    cell = page.locator('.confusion [data-true="0"][data-predicted="0"]')
    expect(cell).to_have_text(str(counts[0][0]))
    cell.click()
    first = page.locator("#gallery .gallery__item").first
    found = playground.api(f"/runs/{run}/mistakes?split=test&true=0&predicted=0&limit=1")
    number = f"{abs(found['raw'][0][0]):.2f}"
    expect(first).to_contain_text(number)
    first.click()
    expect(page.locator("#gallery")).to_be_hidden()
    if playground.ask("p.kind") == "other":
        playground.until("p.example.index === argument", found["index"][0])
    else:  # a point goes under the microscope
        expect(page.locator("#microscope")).to_be_visible()
        expect(page.locator('#microscope [data-slot="index"]')).to_have_value(str(found["index"][0] + 1))
