"""For who does not look: weights as a table, a summary that is spoken, the loss as sound."""

import re

from playwright.sync_api import expect

from tests.browser.playground import Playground


def test_the_table_has_every_weight_and_changes_them(playground: Playground) -> None:
    playground.open()
    page = playground.page
    playground.step(1)
    page.get_by_role("button", name="Table", exact=True).click()
    dialog = page.get_by_role("dialog", name="All weights and biases")
    expect(dialog.get_by_role("status")).to_have_text("as of epoch 1")
    fields = dialog.locator(".weights__field")
    weights = playground.ask("p.frame.weights")
    expect(fields).to_have_count(len(weights))
    shown = [float(field.input_value().replace("−", "-")) for field in fields.all()]
    layers = playground.api(f"/runs/{playground.ask('p.runId')}/weights")["layers"]
    told = [w for arrays in layers.values() for row in [*arrays["kernel"], arrays["bias"]] for w in row]
    assert all(abs(a - b) < 0.0006 for a, b in zip(shown, told, strict=True))

    field = dialog.get_by_role("textbox", name="Hidden 1, neuron 2, from y")
    field.fill("0,25")
    field.press("Enter")
    playground.until("p.frame.weights[5] === 0.25")
    assert playground.api(f"/runs/{playground.ask('p.runId')}/weights")["layers"]["hidden1"]["kernel"][1][1] == 0.25

    # a block from a spreadsheet
    dialog.get_by_role("textbox", name="Hidden 1, neuron 1, from x").focus()
    page.evaluate(
        """() => {
            const clipboardData = new DataTransfer();
            clipboardData.setData("text/plain", "1\\t2\\n3\\t4");
            const paste = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
            document.activeElement.dispatchEvent(paste);
        }"""
    )
    playground.until(
        "[p.frame.weights[0], p.frame.weights[1], p.frame.weights[4], p.frame.weights[5]].join() === '1,2,3,4'"
    )
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_a_step_is_spoken_once_with_how_the_loss_moves(playground: Playground) -> None:
    playground.open()
    spoken = playground.page.locator("[data-view=spoken]")
    for epoch in (1, 2):
        playground.step(epoch)
        expect(spoken).to_contain_text(f"Epoch {epoch}.")
    expect(spoken).to_have_text(
        re.compile(r"^Paused\. Epoch 2\. Test loss [\d.]+, (falling|rising|about the same)\. Accuracy [\d.]+ %\.$")
    )


def test_the_loss_is_heard_while_it_trains_and_only_if_asked_for(playground: Playground) -> None:
    playground.open("speed=60")
    switch = playground.button("The loss as sound")
    expect(switch).to_have_attribute("aria-pressed", "false")
    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "true")
    expect(switch).not_to_have_attribute("data-pitch", re.compile("."))  # nothing trains yet
    playground.play()
    playground.until("p.run.epoch >= 1")
    expect(switch).to_have_attribute("data-pitch", re.compile(r"^\d+$"))
    playground.until("p.run.epoch >= 40")
    pitch = int(switch.get_attribute("data-pitch") or 0)
    assert 70 <= pitch < 660  # below the tone of the first loss
    playground.pause()
    expect(switch).not_to_have_attribute("data-pitch", re.compile("."))
    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "false")
