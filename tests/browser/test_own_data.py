"""Data of one's own through the page: awkward files train, broken ones are told by row and column, links say whose."""

import io
import json
import random
import zipfile

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Locator, expect

from tests.browser.playground import Playground


def drawn(rng: random.Random, n: int, row: str, header: str, **kinds: tuple[float, float]) -> str:
    """A table of kinds that lie apart: `row` is filled with kind, a and b."""
    lines = [header]
    for k in range(n):
        kind = list(kinds)[k % len(kinds)]
        a, b = (rng.gauss(centre, 0.4) for centre in kinds[kind])
        lines.append(row.format(kind=kind, a=a, b=b, k=k))
    return "\n".join(lines) + "\n"


RNG = random.Random(1)
AWKWARD = {
    "semicolon and decimal comma": drawn(
        RNG, 90, "{a:.3f};{b:.3f};{kind}", "länge;breite;art", Amsel=(0, 0), Fink=(3, 3), Star=(0, 4)
    ).replace(".", ","),
    "quoted newlines": drawn(
        RNG,
        80,
        '"said ""{k}""\nand more, on a second line",{a:.3f},{b:.3f},{kind}',
        "note,a,b,y",
        no=(0, 0),
        yes=(3, 3),
    ),
    "missing cells": "".join(
        line if k % 9 or k == 0 else ",".join(["NA", *line.split(",")[1:]])
        for k, line in enumerate(
            drawn(RNG, 120, "{a:.3f},{b:.3f},{kind}", "a,b,y", no=(0, 0), yes=(4, 4)).splitlines(True)
        )
    ),
    "a text to predict": drawn(
        RNG, 90, "{a:.2f}\t{kind}\t{b:.2f}", "a\tWhat is it?\tb", café=(0, 0), thé=(4, 0), Spezi=(0, 4)
    ),
    "fifty thousand rows": drawn(RNG, 50_000, "{k},{a:.3f},{b:.3f},{kind}", "id,a,b,y", left=(0, 0), right=(3, 3)),
}


def dialog(playground: Playground) -> Locator:
    playground.button("Your own data …").click()
    found = playground.page.get_by_role("dialog", name="Your own data")
    expect(found).to_be_visible()
    return found


def give(playground: Playground, text: str | bytes, name: str = "data.csv") -> Locator:
    """Choose a file in the dialog."""
    found = dialog(playground)
    data = text if isinstance(text, bytes) else text.encode("utf-16" if "café" in text else "utf-8")
    found.locator('input[type="file"]').set_input_files({"name": name, "mimeType": "text/plain", "buffer": data})
    return found


def use(playground: Playground, found: Locator) -> None:
    expect(found.get_by_role("button", name="Use this data")).to_be_enabled()
    found.get_by_role("button", name="Use this data").click()
    expect(found).to_be_hidden()
    playground.until("p.spec.data.type === 'own'")
    playground.settled()


@pytest.mark.parametrize("name", AWKWARD)
def test_an_awkward_table_trains_from_upload_to_accuracy(playground: Playground, name: str) -> None:
    playground.open()
    found = give(playground, AWKWARD[name])
    expect(found.get_by_role("region", name="Columns and first rows")).to_be_visible()
    if name == "a text to predict":
        found.get_by_role("combobox", name="Predict").select_option("What is it?")
        expect(found.get_by_role("status")).to_have_text("90 rows: 2 inputs → 3 classes")
    if name == "missing cells":
        expect(found.get_by_text("13 missing cells are filled")).to_be_visible()
        found.get_by_label("Missing cells").select_option("drop")
        expect(found.get_by_text("13 rows with missing cells are left out.")).to_be_visible()
    use(playground, found)
    assert playground.ask("p.spec.data.type") == "own"
    playground.learn(0.9)
    shown = playground.page.locator(".numbers").get_by_text("%")
    expect(shown.first).to_be_visible()


BROKEN = {
    "a word among numbers": (
        "a,b,y\n1,2,0\n3,abc,1\n" + "5,6,0\n7,8,1\n" * 4,
        "Row 3, column 'b': 'abc' is not a number",
    ),
    "a row that is too short": ("a,b,y\n1,2,x\n3,4\n5,6,x\n7,8,z\n", "Row 3, column 'y': the row has 2 cells"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_table_names_row_and_column(playground: Playground, name: str) -> None:
    text, said = BROKEN[name]
    playground.open()
    found = give(playground, text)
    expect(found.get_by_role("alert")).to_contain_text(said)
    expect(found.get_by_role("button", name="Use this data")).to_be_disabled()
    if name == "a word among numbers":
        expect(found.locator("td.is-wrong")).to_have_text("abc")
        found.get_by_label("What b is").select_option("out")
        expect(found.get_by_role("alert")).to_be_hidden()
        expect(found.get_by_role("button", name="Use this data")).to_be_enabled()


def test_a_file_that_is_no_table_is_told_and_another_can_be_chosen(playground: Playground) -> None:
    playground.open()
    found = give(playground, b"%PDF-1.7 ...", "paper.pdf")
    expect(found.get_by_role("alert")).to_contain_text("Save it as CSV")
    found.get_by_role("button", name="Another file").click()
    expect(found.get_by_text("Choose a file, or drop it here")).to_be_visible()


def test_pictures_in_folders_train(playground: Playground) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as pack:
        for k in range(40):
            for name, colour in (("dark", 40), ("light", 210)):
                picture = io.BytesIO()
                Image.new("L", (20, 20), colour + k % 9).save(picture, "PNG")
                pack.writestr(f"pictures/{name}/{k}.png", picture.getvalue())
    playground.open()
    found = give(playground, file.getvalue(), "pictures.zip")
    expect(found.get_by_role("status")).to_have_text("80 pictures: 20×20 pixels → 2 classes")
    found.get_by_label("Size").select_option("8")
    expect(found.get_by_role("status")).to_have_text("80 pictures: 8×8 pixels → 2 classes")
    expect(found.locator(".samples img").first).to_have_attribute("alt", "dark")
    use(playground, found)
    playground.learn(0.95)


def test_a_link_to_data_of_somebody_else_says_so_until_they_are_shared(
    playground: Playground, another: Playground
) -> None:
    playground.open()
    use(playground, give(playground, AWKWARD["missing cells"], "mine.csv"))
    address = playground.page.url.partition("#")[2]
    assert "dataset=own&id=" in address
    another.open(address)
    expect(another.page.locator(".note--error")).to_contain_text("This data set belongs to somebody else.")
    found = dialog(playground)
    found.get_by_label("Share with links").first.check()
    playground.page.keyboard.press("Escape")
    expect(found).to_be_hidden()
    another.reload()
    another.until("p.run.state === 'created' && p.run.spec.data.type === 'own'")
    expect(another.page.locator(".thumb[aria-pressed=true] .thumb__label")).to_have_text("mine")


def test_what_was_kept_is_there_again_after_a_reload_and_can_be_deleted(playground: Playground) -> None:
    playground.open()
    use(playground, give(playground, AWKWARD["quoted newlines"], "kept.csv"))
    run = playground.ask("p.runId")
    playground.reload()
    assert playground.ask("p.runId") == run
    assert playground.ask("p.spec.network.layers.length") == 2
    playground.page.goto(f"{playground.url}/#dataset=circle")
    playground.until("p.spec.data.type === 'circle'")
    found = dialog(playground)
    found.get_by_role("button", name="Use kept").click()
    playground.until("p.spec.data.type === 'own'")
    playground.settled()
    found = dialog(playground)
    item = found.get_by_role("listitem").filter(has_text="kept")
    item.get_by_role("button", name="Delete kept").click()
    expect(item).to_have_count(0)


@pytest.mark.parametrize("context_size", [{"width": 360, "height": 740}, {"width": 1280, "height": 800}])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_dialog_is_for_everyone(playground: Playground, context_size: dict[str, int], scheme: str) -> None:
    playground.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    playground.open()
    found = give(playground, AWKWARD["missing cells"])
    expect(found.get_by_role("button", name="Use this data")).to_be_enabled()
    result = Axe().run(playground.page, context="#own-data")
    assert result.violations_count == 0, result.generate_report()
    assert playground.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    playground.page.keyboard.press("Escape")
    expect(found).to_be_hidden()
    expect(playground.button("Your own data …")).to_be_focused()


def test_a_file_can_be_dropped_anywhere_on_the_page(playground: Playground) -> None:
    playground.open()
    playground.page.evaluate(
        """(text) => {
            const data = new DataTransfer();
            data.items.add(new File([text], "dropped.csv"));
            document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
        }""",
        AWKWARD["missing cells"],
    )
    found = playground.page.get_by_role("dialog", name="Your own data")
    expect(found.get_by_text("dropped.csv")).to_be_visible()
    expect(found.get_by_role("button", name="Use this data")).to_be_enabled()


def test_where_the_data_are_locked_nothing_can_be_dropped(playground: Playground) -> None:
    playground.open("dataset=circle&lock=dataset")
    expect(playground.button("Your own data …")).to_be_disabled()
    playground.page.evaluate(
        """() => {
            const data = new DataTransfer();
            data.items.add(new File(["a,b"], "dropped.csv"));
            document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
        }"""
    )
    expect(playground.page.get_by_role("dialog", name="Your own data")).to_be_hidden()


def test_sets_whose_files_are_missing_are_told_calmly(playground: Playground) -> None:
    messages: list[str] = []
    playground.page.on("console", lambda message: messages.append(message.text) if message.type == "error" else None)
    playground.open("dataset=digits")
    expect(playground.page.get_by_text("playground data fetch mnist fashion-mnist")).to_be_visible()
    tile = playground.page.locator(".thumb", has_text="MNIST")
    expect(tile).to_contain_text("not here yet")
    tile.focus()
    playground.page.keyboard.press("Enter")
    expect(playground.page.get_by_text("Fetch them with: playground data fetch mnist.")).to_be_visible()
    assert json.loads(playground.page.evaluate("JSON.stringify(window.playground.spec.data.type)")) == "digits"
    assert messages == []
