"""A link of TensorFlow Playground: append its part after the # to our address, and the same experiment opens."""

import pytest
from playwright.sync_api import expect

from tests.browser.playground import Playground

LINKS = {
    "regression": "activation=relu&regularization=L1&regularizationRate=0.003&problem=regression&regDataset=reg-gauss"
    "&learningRate=0.01&noise=10&percTrainData=70&networkShape=6,3&seed=0.12345&discretize=true&xSquared=true",
    "beyond its limits": "networkShape=8,8,8,8,8,8,8&batchSize=30&dataset=spiral&noise=200&sinX=true&x=false&seed=0.5",
    "with hidden controls": "dataset=xor&networkShape=&showTestData=true&noise_hide=true&batchSize_hide=true&seed=0.9",
}


@pytest.mark.parametrize("name", LINKS)
def test_it_opens_as_the_experiment_it_describes(playground: Playground, name: str) -> None:
    playground.open(LINKS[name])
    found = playground.api("/import/tf-playground", {"text": f"#{LINKS[name]}"})
    expected = playground.api("/runs", found["spec"])["spec"]
    shown = playground.api(f"/runs/{playground.ask('p.runId')}")["spec"]
    ids = [layer.pop("id") for layer in expected["network"]["layers"]]
    assert len([layer.pop("id") for layer in shown["network"]["layers"]]) == len(ids)
    assert shown == expected
    page = playground.page
    expect(page.get_by_label("Discretize")).to_be_checked(checked="discretize=true" in LINKS[name])
    expect(page.get_by_label("Show test data")).to_be_checked(checked="showTestData=true" in LINKS[name])
    for hidden in ("noise", "batchSize"):
        path = {"noise": "data.noise", "batchSize": "training.batch_size"}[hidden]
        expect(page.locator(f".data [data-path='{path}']")).to_be_visible(visible=f"{hidden}_hide" not in LINKS[name])
    note = page.locator(".note__text", has_text="A link of TensorFlow Playground.")
    expect(note).to_contain_text("halves the squared error")
    if "noise=200" in LINKS[name]:
        expect(note).to_contain_text("noise: 200 is brought to 50")
    playground.reload()  # the address now says it in our own words
    again = playground.api(f"/runs/{playground.ask('p.runId')}")["spec"]
    assert [layer.pop("id") for layer in again["network"]["layers"]] and again == shown
