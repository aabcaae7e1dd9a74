"""Forms made from declarations: every part of the catalogue, with every example of it, there and back."""

import json

import pytest

import engine.experiment  # noqa: F401  the catalogue is full
from engine.spec import CATALOGUE, make, to_json
from tests.browser.playground import Playground

# Loads each form with an example's values, reads every control, and gives what came back beside what was sent.
ROUND_TRIP = """async (asked) => {
  const { readField } = await import("/static/js/lib/fields.js");
  const { findPart } = await import("/static/js/lib/catalogue.js");
  const catalogue = JSON.parse(document.getElementById("catalogue").textContent);
  const wrong = [];
  for (const { kind, type, values } of asked) {
    const query = new URLSearchParams({ path: "here", values: JSON.stringify(values) });
    const answer = await fetch(`/parts/${kind}/${type}?${query}`);
    const form = new DOMParser().parseFromString(await answer.text(), "text/html");
    const found = { kind, type, controls: 0 };
    for (const control of form.querySelectorAll("[data-path]")) {
      const keys = control.dataset.path.split(".").slice(1);
      let [holder, holderKind] = [values, kind];
      for (const key of keys.slice(0, -1)) {
        holderKind = findPart(catalogue, holderKind, holder.type).params.find((p) => p.name === key).kind;
        holder = holder[key];
      }
      const name = keys.at(-1);
      const param = findPart(catalogue, holderKind, holder.type).params.find((p) => p.name === name);
      const read = readField(catalogue, control, param);
      const [sent, back] = param.widget === "part" ? [holder[name]?.type, read?.type] : [holder[name], read];
      if (JSON.stringify(sent) !== JSON.stringify(back)) wrong.push([kind, type, name, sent, back ?? null]);
      const words = control.closest("label")?.textContent.trim() && control.title;
      if (!words) wrong.push([kind, type, name, "has no words"]);
      found.controls += 1;
    }
    const shown = findPart(catalogue, kind, type).params.filter((p) => !["points", "upload"].includes(p.widget)).length;
    if (found.controls < shown) wrong.push([kind, type, `${found.controls} controls for ${shown} parameters`]);
  }
  return wrong;
}"""


def examples(kind: str, type: str) -> list[dict]:
    """The part with its defaults, and as its examples have it: complete JSON."""
    cls = CATALOGUE[kind][type]
    given = [{}]
    for example in cls.examples:
        values = example[0] if isinstance(example, tuple) else example
        given.append(values)
    return [json.loads(json.dumps(to_json(make(kind, {"type": type, **values})))) for values in given]


@pytest.mark.parametrize("kind", [kind for kind, parts in CATALOGUE.items() if parts and kind != "dataset"])
def test_every_form_gives_back_what_it_was_given(playground: Playground, kind: str) -> None:
    asked = [{"kind": kind, "type": type, "values": v} for type in CATALOGUE[kind] for v in examples(kind, type)]
    playground.open()
    assert playground.page.evaluate(ROUND_TRIP, asked) == []


def test_lists_are_typed_and_refused_with_advice(playground: Playground) -> None:
    playground.open("dataset=blobs")
    page = playground.page
    playground.button("More about training").click()
    field = page.locator("#part_form").get_by_label("Class weights")
    field.fill("1; 2 x 0.5")
    field.press("Enter")
    playground.settled()
    assert playground.ask("p.run.spec.training.class_weights") == [1, 2, 0.5]
    assert field.input_value() == "1×2×0.5"
    field.fill("balanced")
    field.press("Enter")
    playground.settled()
    assert playground.ask("p.run.spec.training.class_weights") == "balanced"
    field.fill("heavy")
    field.press("Enter")
    page.locator(".note__text", has_text="is no list of numbers").wait_for()
    field.fill("")
    field.press("Enter")
    playground.settled()
    assert playground.ask("p.run.spec.training.class_weights") is None
