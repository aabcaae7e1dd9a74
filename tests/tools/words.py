"""The words of the page in its other languages: PO files, made from templates, scripts, catalogue and server.

python -m tests.tools.words --check     fail where a file does not have every message, or loses a {place}
python -m tests.tools.words --write     put in what is new, take out what is gone, keep what is translated
"""

import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

from app.language import DOMAINS, LANGUAGES, Language, folder
from tests.tools.words_found import found
from tests.tools.words_python import ROOT

PLACE = re.compile(r"\{\w+\}|%\(\w+\)s")
HEAD = 'msgid ""\nmsgstr ""\n"Language: {tag}\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'


def read(path: Path) -> tuple[str, dict[str, Message]]:
    """The comment at the head of a file (its glossary), and its messages."""
    if not path.exists():
        return "", {}
    text = path.read_text(encoding="utf-8")
    comment = "".join(line for line in text.split("msgid", 1)[0].splitlines(keepends=True) if line.startswith("#"))
    return comment, {str(m.id): m for m in read_po(io.BytesIO(text.encode())) if m.id}


def wanted(language: Language) -> Iterator[tuple[Path, str]]:
    """Each file as it should be: every message of today, with the translation that it has anywhere."""
    paths = {domain: folder(language) / f"{domain}.po" for domain in DOMAINS}
    held = {domain: read(path) for domain, path in paths.items()}
    known = {text: m.string for _, messages in held.values() for text, m in messages.items() if m.string}
    for domain, messages in found().items():
        made = Catalog(locale=language.folder, charset="utf-8")
        for text, places in messages.items():
            made.add(text, str(known.get(text, "")), locations=[(name, None) for name in places])  # type: ignore
        out = io.BytesIO()
        write_po(out, made, omit_header=True, width=0)
        yield paths[domain], held[domain][0] + HEAD.format(tag=language.tag) + out.getvalue().decode()


def mistakes(path: Path) -> Iterator[str]:
    """Messages without a translation, and those whose places differ."""
    for text, message in read(path)[1].items():
        said = str(message.string)
        if not said:
            yield f"not translated: {text}"
        elif sorted(set(PLACE.findall(text))) != sorted(set(PLACE.findall(said))):
            yield f"other places: {text} → {said}"


def main() -> int:
    write, failed = "--write" in sys.argv, False
    for language in (language for language in LANGUAGES.values() if language.folder):
        for path, text in wanted(language):
            name = path.relative_to(ROOT)
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                if write:
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_text(text, encoding="utf-8")
                    print(f"words: wrote {name}")
                else:
                    failed = True
                    print(f"words: {name} is out of step. Run: python -m tests.tools.words --write")
            wrong = list(mistakes(path)) if path.exists() else []
            print("\n".join(f"{name}: {line}" for line in wrong[:20]))
            if len(wrong) > 20:
                print(f"{name}: … {len(wrong)} in all")
            failed |= bool(wrong)
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
