"""Who gets which language, and that the other languages say everything that the English page says."""

import json
import re

import pytest
from starlette.requests import Request

from app.language import CHINESE, DOMAINS, ENGLISH, NAMES, folder, language_of, translated, words
from app.pages.playground import options
from engine.spec import catalogue
from tests.tools.words import PLACE, read
from tests.tools.words_found import catalogue as declared
from tests.tools.words_found import choices, first_argument
from tests.tools.words_python import Module


def asked(accept: str = "", cookie: str = "", query: str = "") -> Request:
    headers = [(b"accept-language", accept.encode()), (b"cookie", cookie.encode())]
    return Request({"type": "http", "method": "GET", "path": "/", "query_string": query.encode(), "headers": headers})


@pytest.mark.parametrize(
    "accept, cookie, query, expected",
    [
        ("", "", "", ENGLISH),
        ("zh-CN,zh;q=0.9,en;q=0.8", "", "", CHINESE),
        ("zh-TW", "", "", CHINESE),
        ("en-US,en;q=0.9,zh;q=0.8", "", "", ENGLISH),
        ("en;q=0.3, zh-Hans-CN;q=0.7", "", "", CHINESE),
        ("zh;q=0, de", "", "", ENGLISH),
        ("de-DE,fr;q=0.5,*;q=0.1", "", "", ENGLISH),
        ("en", "language=zh", "", CHINESE),
        ("zh", "language=en", "", ENGLISH),
        ("zh", "language=tlh; other=1", "", CHINESE),
        ("en", "language=en", "lang=zh-Hans", CHINESE),
        ("zh", "", "lang=../../etc/passwd", CHINESE),
        ("x" * 5000 + ";q=nan,;;,;q=9,=", "language=%00", "lang=", ENGLISH),
    ],
)
def test_the_address_goes_before_the_choice_before_the_browser(accept, cookie, query, expected):
    assert language_of(asked(accept, cookie, query)) is expected


@pytest.fixture(scope="module")
def table() -> dict[str, str]:
    return words(CHINESE).table


@pytest.mark.parametrize("path", ["/", "/embed/", "/s/no-such-share", "/embed/s/no-such-share", "/parts/layer/dense"])
def test_a_page_says_its_language_and_what_it_depends_on(client, path):
    for accept, tag in (("en", "en"), ("zh-CN", "zh-Hans")):
        answer = client.get(path, headers={"Accept-Language": accept})
        assert answer.headers["content-language"] == tag
        assert {part.strip() for part in answer.headers["vary"].split(",")} >= {"Accept-Language", "Cookie"}
        if "<html" in answer.text:
            assert f'<html lang="{tag}"' in answer.text


def test_the_scripts_find_their_words_in_the_page(client, table):
    assert 'id="words"' not in client.get("/").text
    html = client.get("/?lang=zh").text
    held = json.loads(re.search(r'<script type="application/json" id="words">(.*?)</script>', html)[1])  # type: ignore
    assert held == words(CHINESE).scripts
    assert html.index('id="words"') < html.index("js/main.js")
    assert 0 < len(held) < len(table)


def test_answers_for_programs_are_english_whoever_asks(client):
    headers = {"Accept-Language": "zh-CN", "Cookie": "language=zh"}
    assert client.get("/api/v1/catalogue", headers=headers).content == client.get("/api/v1/catalogue").content
    refused = client.post("/api/v1/runs", json={"seed": -1}, headers={**headers, "Authorization": "Bearer x" * 8})
    assert refused.json()["detail"].isascii()


def test_declarations_are_translated_and_nothing_else_of_them(table):
    before = catalogue()["optimizer"]
    after = translated(before, CHINESE)
    for old, new in zip(before, after, strict=True):
        assert new["help"] == table.get(old["help"], old["help"])
        assert {k: v for k, v in new.items() if k not in ("label", "help", "params")} == {
            k: v for k, v in old.items() if k not in ("label", "help", "params")
        }
        assert [p["name"] for p in new["params"]] == [p["name"] for p in old["params"]]
    assert translated(before, ENGLISH) is before
    menu = translated(options(before), CHINESE)
    assert [option.value for option in menu] == [part["type"] for part in before]


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_sentence_keeps_its_places(domain):
    _, messages = read(folder(CHINESE) / f"{domain}.po")
    wrong = {
        text: str(message.string)
        for text, message in messages.items()
        if message.string and set(PLACE.findall(text)) != set(PLACE.findall(str(message.string)))
    }
    assert wrong == {}


def test_everything_declared_has_chinese(table):
    said = {message: place for message, place in declared() if place != NAMES}
    assert [message for message in said if message not in table] == []
    helps = [message for message in said if message.endswith(".")]
    assert [message for message in helps if not re.search("[\u4e00-\u9fff]", table[message])] == []


@pytest.mark.parametrize(
    "code, found",
    [
        ('raise DataError(f"Got {n} rows.", where="a", fix="Give more.")', ["Got {0} rows.", "Give more."]),
        ("raise DataError(f\"There {'is' if n else 'are'} none.\")", ["There is none.", "There are none."]),
        (
            'kind = f"{a} cats" if a else "none"\n    say(f"Expected {kind}.")',
            ["Expected {0}.", "{0} cats", "none"],
        ),
        ('raise ValueError("A programmer reads this.")', []),
        ('notes.append("Line " + str(n) + " is odd.")', ["Line {0} is odd."]),
    ],
)
def test_messages_are_read_off_the_code(tmp_path, monkeypatch, code, found):
    monkeypatch.setattr("tests.tools.words_python.ROOT", tmp_path)
    path = tmp_path / "module.py"
    path.write_text(f'"""Its docstring is no message."""\n\n\ndef f(n, a):\n    {code}\n', encoding="utf-8")
    assert sorted(Module(path).messages()) == sorted(found)


@pytest.mark.parametrize(
    "call, found",
    [
        ('"One, two", { n })', ['"One, two"']),
        ('n === 1 ? "{n} run" : "{n} runs", { n })', ['"{n} run"', '"{n} runs"']),
        ('a ? "A" : b(x, y) ? "B" : "C")', ['"A"', '"B"', '"C"']),
        ("name)", None),
        ('"a" + name)', None),
    ],
)
def test_sentences_are_read_off_the_scripts(call, found):
    assert choices(first_argument(call, 0)) == found
