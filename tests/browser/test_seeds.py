"""Twenty starts at once: the band and the count on the page are the API's, and any run can become the experiment."""

from playwright.sync_api import expect

from tests.browser.playground import Playground

ADDRESS = "layers=dense(units=2,activation=tanh),dense(units=1,activation=tanh)&samples=100"


def test_twenty_seeds_make_a_band_and_a_count_and_one_becomes_the_experiment(playground: Playground) -> None:
    playground.open(ADDRESS)
    page, first = playground.page, playground.ask("p.spec.seed")
    page.get_by_role("button", name="Compare", exact=True).first.click()
    dialog = page.get_by_role("dialog", name="Compare")
    dialog.get_by_role("button", name="Many starts", exact=True).click()
    dialog.get_by_role("combobox", name="Starts", exact=True).select_option("20")
    bound = dialog.get_by_role("textbox", name="Bound")
    bound.fill("85 %")
    bound.press("Enter")
    dialog.get_by_role("button", name="Start them").click()
    playground.until("p.compare.members.length === 20 && p.compare.members.every((m) => m.epoch >= 20)")
    playground.pause_all()

    found = playground.api(f"/groups/{playground.ask('p.compare.id')}")
    assert [run["seed"] for run in found["runs"]] == list(range(first, first + 20))
    assert found["criterion"] == {"column": "test_metric", "below": None, "at_least": 0.85}
    solved = found["solved"]
    expect(dialog.locator(".seeds__solved")).to_have_text(
        f"Solved {solved['count']} of 20 (test accuracy at least 85.0 %)"
    )
    assert 0 < solved["count"] < 20  # two neurons are sometimes enough, sometimes not: luck
    tiles = dialog.locator(".seed")
    assert [("is-solved" in (tile.get_attribute("class") or "")) for tile in tiles.all()] == solved["runs"]
    members = playground.ask("p.compare.members")
    place = members[0]["columns"].index("test_loss")
    last = sorted(member["rows"][-1][place] for member in members)
    assert found["band"]["median"][-1] == last[10]  # of twenty, the tenth and the eleventh are equally near
    assert found["band"]["lower"][-1] == last[5] and found["band"]["upper"][-1] == last[14]

    chosen = solved["runs"].index(True)
    weights = members[chosen]["weights"]
    tiles.nth(chosen).click()
    expect(dialog).to_be_hidden()
    playground.until(f"p.spec.seed === {first + chosen} && p.run.epoch === {members[chosen]['epoch']}")
    assert playground.ask("p.frame.weights") == weights
    assert playground.api(f"/runs/{playground.ask('p.runId')}")["seed"] == first + chosen


def test_sets_without_a_picture_show_numbers(playground: Playground) -> None:
    playground.open("dataset=iris")
    page = playground.page
    page.get_by_role("button", name="Compare", exact=True).first.click()
    dialog = page.get_by_role("dialog", name="Compare")
    dialog.get_by_role("button", name="Many starts", exact=True).click()
    dialog.get_by_role("combobox", name="Starts", exact=True).select_option("5")
    dialog.get_by_role("button", name="Start them").click()
    playground.until("p.compare.members.length === 5 && p.compare.members.every((m) => m.epoch >= 2)")
    expect(dialog.locator(".seed .seed__words").first).to_contain_text("%")
    playground.button("Close the comparison").click()
    expect(dialog).to_be_hidden()
    playground.until("p.compare.state === 'paused'")
