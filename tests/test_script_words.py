"""Whatever a script says is looked up in the words of the page: no sentence stands beside `t("…")`, none in styles."""

import re
from collections.abc import Generator

import pytest

from tests.test_tidy import files, name
from tests.tools.words_found import SCRIPT_CALL, first_argument

VIEWS = files("static/js/main.js", "static/js/state/*.js", "static/js/views/*.js")
REGEX = re.compile(r"(?<=[(=,:\[!&|?{;])\s*/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n])+/[a-z]*")
SKIPPED = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
LOOKS_SAID = (
    re.compile(r"[A-Z][a-z]+ ?[\w“(…]* [a-z]{2}|[A-Z][a-z]+ 0"),  # a sentence, or a heading with a number
    re.compile(r"^[A-Z][a-z]{2,}(?: …|[.?:])?$"),  # one word, as buttons have it
    re.compile(r"^[a-z]{2,}(?: [a-z]{2,})+(?: …|[.?])?$"),  # several words, as undo names what was done
    re.compile(r"^[a-z]{3,} 0$|^0 [a-z]{3,}"),  # a word with a value
)
# Literal, with 0 for what is put in → why it is not said.
UNSAID = {
    "Enter": "a key",
    "Escape": "a key",
    "Files": "what a drag holds",
    "Authorization": "a header",
    "Bearer 0": "a header",
    "all maps": "who needs the maps of an example",
    "0 maps": "which range the maps of a layer share",
    "training loss": "a line of a chart that is hidden from who hears the page, as is its legend",
    "test loss": "a line of a chart, likewise",
    "test loss of the run before": "a line of a chart, likewise",
    "button button--small": "classes",
    "playground data fetch 0": "a command to type",
    'There is no [data-slot="0"] here.': "a mistake in the page itself",
}


Reading = Generator[tuple[int, str], None, int]  # gives texts, and in the end where it has come to


def literals(text: str, start: int = 0, end: str = "") -> Reading:
    """Where each text begins, and what it says, with 0 in its places; those within places as well."""
    at = start
    while at < len(text) and not (end and text[at] == end):
        if found := SKIPPED.match(text, at) or REGEX.match(text, at):
            at = found.end()
        elif text[at] in "\"'":
            found = re.compile(rf"{text[at]}((?:[^\\\n]|\\.)*?){text[at]}").match(text, at)
            assert found, text[at : at + 40]
            yield at, found[1]
            at = found.end()
        elif text[at] == "`":
            at = yield from template(text, at)
        elif text[at] == "{":
            at = (yield from block(text, at + 1)) + 1
        else:
            at += 1
    return at


def block(text: str, start: int) -> Reading:
    return (yield from literals(text, start, "}"))


def template(text: str, start: int) -> Reading:
    said, at = "", start + 1
    while text[at] != "`":
        if text.startswith("${", at):
            at = (yield from block(text, at + 2)) + 1
            said += "0"
        else:
            said += text[at]
            at += 2 if text[at] == "\\" else 1
    yield start, said
    return at + 1


@pytest.mark.parametrize("path", VIEWS, ids=name)
def test_everything_said_is_looked_up(path):
    text = path.read_text(encoding="utf-8")
    calls = [(call.end(), call.end() + len(first_argument(text, call.end()))) for call in SCRIPT_CALL.finditer(text)]
    said = [
        words
        for at, words in literals(text)
        if any(look.search(words) for look in LOOKS_SAID) and not any(a <= at <= b for a, b in calls)
    ]
    assert not [words for words in said if words not in UNSAID], "Put it into t(…), or say in UNSAID why not."


def test_a_sentence_beside_the_table_is_found():
    found = [words for _, words in literals('say(`Row ${n ? `${n} of` : "no row"}, column`); // Not this')]
    assert found == ["0 of", "no row", "Row 0, column"]


@pytest.mark.parametrize("path", files("static/css/**/*.css"), ids=name)
def test_style_sheets_have_no_words(path):
    """They can not be looked up: the page gives them, as an attribute or a property."""
    said = re.findall(r"content:\s*([\"'].*?[\"'])", path.read_text(encoding="utf-8"))
    assert not [words for words in said if re.search(r"[A-Za-z]{2}", words)]
