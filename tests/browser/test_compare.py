"""Comparisons: twins share their first loss and then differ; optimizers race from one point over the loss."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.playground import Playground


def opened(playground: Playground, tab: str = "One change", address: str = "") -> None:
    """The dialog with this tab, its runs made."""
    playground.open(address)
    playground.page.get_by_role("button", name="Compare", exact=True).first.click()
    dialog = playground.page.get_by_role("dialog", name="Compare")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name=tab, exact=True).click()


def made(playground: Playground, count: int) -> list[str]:
    """Wait for that many runs; their ids."""
    playground.until(f"p.compare.id !== null && p.compare.members.length === {count}")
    return [member["id"] for member in playground.ask("p.compare.members")]


def step(playground: Playground, epochs: int) -> None:
    stands = "m.state === 'paused' && m.rows.at(-1)?.[m.columns.indexOf('epoch')] === argument"  # its row comes last
    for epoch in range(1, epochs + 1):
        playground.button("Step all by one epoch").click()
        playground.until(f"p.compare.members.length > 0 && p.compare.members.every((m) => {stands})", epoch)


def losses(playground: Playground, run: str) -> list[float]:
    found = playground.api(f"/runs/{run}/history?limit=1000")
    return [row[found["columns"].index("train_loss")] for row in found["rows"]]


def test_twins_share_their_first_loss_and_then_differ(playground: Playground) -> None:
    opened(playground)
    page = playground.page
    runs = made(playground, 2)
    weights = [playground.api(f"/runs/{run}/weights")["layers"] for run in runs]
    assert weights[0] == weights[1]
    first = losses(playground, runs[0])[0]
    expect(page.locator(".compare__fact")).to_have_text(f"Same first weights, same first loss: {first:.3f}.")

    step(playground, 3)
    mine, other = (losses(playground, run) for run in runs)
    assert mine[0] == other[0]
    assert all(a != b for a, b in zip(mine[1:4], other[1:4], strict=True))
    members = playground.ask("p.compare.members")
    for member, told in zip(members, (mine, other), strict=True):  # the page knows what the engine says
        place = member["columns"].index("train_loss")
        assert [row[place] for row in member["rows"]] == told
    shown = [f"{member['rows'][3][member['columns'].index('test_loss')]:.3f}" for member in members]
    assert shown[0] != shown[1]
    for k in (0, 1):
        expect(page.locator(f"[data-slot=numbers-{k}]")).to_contain_text(f"Test loss {shown[k]}, ")
    specs = [playground.api(f"/runs/{run}")["spec"] for run in runs]
    assert specs[0]["training"]["optimizer"]["learning_rate"] == 0.03
    assert specs[1]["training"]["optimizer"]["learning_rate"] == 0.3
    assert specs[0]["data"] == specs[1]["data"]

    playground.button("Reset all").click()
    playground.until("p.compare.members.every((m) => m.epoch === 0 && m.rows.length === 1)")
    assert losses(playground, runs[0]) == [first]


def test_both_play_and_pause_together_and_end_at_the_same_epoch(playground: Playground) -> None:
    opened(playground)
    made(playground, 2)
    playground.button("Play all").click()
    playground.until("p.compare.members.every((m) => m.epoch >= 5)")
    playground.button("Pause all").click()
    playground.until("p.compare.state === 'paused'")
    mine, other = (playground.api(f"/runs/{member['id']}") for member in playground.ask("p.compare.members"))
    assert (mine["state"], mine["epoch"], mine["update"]) == ("paused", other["epoch"], other["update"])
    shown = playground.ask("p.compare.members.map((m) => [m.state, m.rows.at(-1)[m.columns.indexOf('epoch')]])")
    assert shown == [["paused", mine["epoch"]], ["paused", mine["epoch"]]]


def test_another_setting_is_a_new_pair_and_one_of_them_can_be_kept(playground: Playground) -> None:
    opened(playground)
    page = playground.page
    before = made(playground, 2)
    dialog = page.get_by_role("dialog", name="Compare")
    dialog.get_by_role("combobox", name="Change", exact=True).select_option(label="Activation")
    activation = "p.compare.members[1]?.spec.network.layers[0].activation.type"
    playground.until(f"{activation} === 'relu'")  # what is proposed
    dialog.get_by_role("combobox", name="to", exact=True).select_option(label="Sigmoid")
    playground.until(f"{activation} === 'sigmoid'")
    runs = made(playground, 2)
    assert not set(runs) & set(before)
    expect(page.locator(".compare__fact")).to_contain_text("Same first weights. Their first losses")
    step(playground, 2)
    weights = playground.ask("p.compare.members[1].weights")

    dialog.get_by_role("button", name="Keep this one").last.click()
    expect(dialog).to_be_hidden()
    playground.until("p.spec.network.layers[0].activation.type === 'sigmoid' && p.run.epoch === 2")
    assert playground.ask("p.frame.weights") == weights
    kept = playground.ask("p.runId")
    assert playground.api(f"/runs/{kept}")["spec"]["network"]["layers"][0]["activation"]["type"] == "sigmoid"
    assert [row["train_loss"] for row in playground.rows()][:3] == losses(playground, runs[1])[:3]
    page.keyboard.press("Control+z")
    playground.until("p.spec.network.layers[0].activation.type === 'tanh'")


def test_twins_without_a_plane_show_which_classes_they_confuse(playground: Playground) -> None:
    opened(playground, address="dataset=iris")
    runs = made(playground, 2)
    step(playground, 2)
    picture = playground.page.locator("[data-slot=picture-0]")
    label = "Which class the run with Learning rate"
    expect(picture).to_have_attribute("aria-label", re.compile(label))
    expect(playground.page.locator("[data-slot=difference-words]")).to_contain_text("Rows: the true class")
    classes = len(playground.api(f"/runs/{runs[0]}/evaluation?split=test")["confusion"])
    assert picture.evaluate("(canvas) => [canvas.width, canvas.height]") == [classes, classes]


def test_a_change_that_can_not_be_says_why(playground: Playground) -> None:
    opened(playground)
    made(playground, 2)
    dialog = playground.page.get_by_role("dialog", name="Compare")
    dialog.get_by_role("combobox", name="Change", exact=True).select_option(label="Batch size")
    field = dialog.get_by_role("textbox", name="to", exact=True)
    field.fill("1000")
    field.press("Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("larger than the 250 training examples")
    field.fill("50")
    field.press("Enter")
    playground.until("p.compare.id !== null && p.compare.members[1]?.spec.training.batch_size === 50")
    expect(dialog.get_by_role("alert")).to_be_hidden()


def test_optimizers_race_from_one_point_on_the_whole_loss_of_two_weights(playground: Playground) -> None:
    opened(playground, "Optimizers")
    page = playground.page
    runs = made(playground, 4)
    weights = playground.ask("p.compare.members.map((m) => m.weights)")
    assert all(w == weights[0] for w in weights) and len(weights[0]) == 2
    step(playground, 4)
    told = [losses(playground, run) for run in runs]
    assert len({t[0] for t in told}) == 1
    assert len({t[4] for t in told}) == 4
    rows = page.locator(".race__table tbody tr")
    for k, name in enumerate(("SGD", "Momentum", "RMSprop", "Adam")):
        expect(rows.nth(k)).to_contain_text(name)
        expect(rows.nth(k).locator("[data-slot=train]")).to_have_text(f"{told[k][4]:.3f}")
    expect(page.locator(".race__note")).to_have_text("The net has two weights, so the map is the whole loss.")
    expect(page.locator(".race__surface")).to_have_attribute(
        "aria-label", "Map of the training loss with the ways of SGD, Momentum, RMSprop, Adam"
    )
    colors = """(canvas) => { const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        return new Set(new Uint32Array(data.buffer)).size; }"""
    assert page.locator(".race__surface").evaluate(colors) > 8  # steps of the loss
    assert page.locator(".race__paths").evaluate(colors) > 4  # four ways

    rate = page.get_by_role("textbox", name="Learning rate of SGD")
    rate.fill("0.1")
    rate.press("Enter")
    playground.until("p.compare.members[0]?.spec.training.optimizer.learning_rate === 0.1 && p.compare.id !== null")


@pytest.mark.parametrize("address", ["", "dataset=digits"])
def test_optimizers_race_on_the_experiment_too(playground: Playground, address: str) -> None:
    opened(playground, "Optimizers", address)
    made(playground, 4)
    playground.page.get_by_role("checkbox", name="With a net of two weights only").uncheck()
    playground.until(
        "p.compare.id !== null && p.compare.members.length === 4 && p.compare.members[0].weights.length > 2"
    )
    assert playground.ask("p.compare.members[0].spec.data.type") == playground.ask("p.spec.data.type")
    expect(playground.page.locator(".race__note")).to_contain_text("Train for two epochs")
    step(playground, 3)
    expect(playground.page.locator(".race__note")).to_contain_text("the slice on which the longest way spreads most")


def test_leaving_the_page_leaves_no_runs_behind(playground: Playground) -> None:
    opened(playground)
    made(playground, 2)
    group = f"{playground.url}/api/v1/groups/{playground.ask('p.compare.id')}"
    page = playground.page
    assert page.request.get(group).status == 200
    page.goto("about:blank")
    for _ in range(600):  # the page asked for it on its way out, and does not hear the answer
        if page.request.get(group).status == 404:
            break
        page.wait_for_timeout(100)
    assert page.request.get(group).status == 404
