"""The languages of the page: which there are, which one a reader gets, and its words.

The key of every word is the English sentence itself; the PO files under app/locale have the other languages, written
and checked by `python -m tests.tools.words`.
"""

import dataclasses
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from babel import negotiate_locale
from babel.messages.pofile import read_po
from fastapi import Request

from app.paths import HERE

COOKIE, QUERY = "language", "lang"
DOMAINS = ("pages", "scripts", "server")  # one PO file each; a sentence that several use stands in the first of them
SHOWN = ("label", "help")  # what of a declaration people read
NAMES = "names"  # where the PO files have those of classes, columns and options; values too, so they come in English


@dataclass(frozen=True)
class Language:
    """code: in the cookie and in addresses. tag: what <html lang> says. name: its own. folder: of its PO files."""

    code: str
    tag: str
    name: str
    folder: str = ""


ENGLISH = Language("en", "en", "English")
CHINESE = Language("zh", "zh-Hans", "中文", "zh_Hans")
LANGUAGES = {language.code: language for language in (ENGLISH, CHINESE)}


@dataclass(frozen=True)
class Words:
    """What a page needs of its language. table: English → its own. scripts: the part that scripts look up, as JSON."""

    table: dict[str, str]
    scripts: dict[str, str]

    def say(self, sentence: str) -> str:
        """A sentence in this language, or in English where it has none."""
        return self.table.get(sentence) or sentence


def language_of(request: Request) -> Language:
    """Who asks by the address gets that, then who has chosen, then what the browser prefers, else English."""
    wanted = [request.query_params.get(QUERY, ""), request.cookies.get(COOKIE, "")]
    wanted += preferred(request.headers.get("accept-language", ""))
    known = [tag.replace("-", "_")[:40] for tag in wanted if re.fullmatch(r"[A-Za-z]{2,3}([-_]\w{1,8})*", tag)]
    return LANGUAGES[negotiate_locale(known, list(LANGUAGES)) or ENGLISH.code]


def preferred(header: str) -> list[str]:
    """The languages of an Accept-Language header, the dearest first: "zh;q=0.8, en" → ["en", "zh"]."""
    found = []
    for entry in header[:1000].split(","):
        tag, _, weight = entry.partition(";")
        given = re.fullmatch(r"\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*", weight)
        found.append((float(given[1]) if given else 1.0, tag.strip()))
    return [tag for weight, tag in sorted(found, key=lambda pair: -pair[0]) if weight > 0]


def folder(language: Language) -> Path:
    """Where the PO files of a language are."""
    return HERE / "locale" / language.folder / "LC_MESSAGES"


@cache
def words(language: Language) -> Words:
    """Read once, when somebody asks for this language."""
    table: dict[str, str] = {}
    scripts: dict[str, str] = {}
    for domain in DOMAINS if language.folder else ():
        with open(folder(language) / f"{domain}.po", "rb") as file:
            for message in read_po(file):
                if not message.id or not message.string or message.fuzzy:
                    continue
                table[str(message.id)] = str(message.string)
                if any(for_scripts(place) for place, _ in message.locations):
                    scripts[str(message.id)] = str(message.string)
    return Words(table, scripts)


def for_scripts(place: str) -> bool:
    """Whether what is said at this place is looked up in the browser: by scripts, or when the server has said it."""
    return (
        place.startswith("static/") or place == NAMES or (place.endswith(".py") and not place.startswith("app/pages/"))
    )


def translated(value: Any, language: Language) -> Any:
    """The same value with every label and help in this language, as deep as it goes."""
    if language is ENGLISH:
        return value
    say = words(language).say
    if isinstance(value, dict):
        return {
            key: say(item) if key in SHOWN and isinstance(item, str) else translated(item, language)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return type(value)(translated(item, language) for item in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        held = {field.name: getattr(value, field.name) for field in dataclasses.fields(value) if field.init}
        return dataclasses.replace(value, **translated(held, language))
    return value
