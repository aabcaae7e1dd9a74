"""Pictures of lines, boxes and words, as files of their own (SVG), with a title and on white."""

from typing import Any
from xml.etree import ElementTree

from app.exchange.card import INK

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', sans-serif"
PAPER = "#ffffff"
MARGIN = 28  # of title and legend
LETTERS = 25  # of a word in the middle of something; the rest is in its title


class Pen:
    """Writes elements into one picture."""

    def __init__(self, width: float, height: float, title: str, about: str) -> None:
        size = {"width": f"{width:g}", "height": f"{height:g}", "viewBox": f"0 0 {width:g} {height:g}"}
        self.root = ElementTree.Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "role": "img", **size})
        self.root.set("font-family", FONT)
        ElementTree.SubElement(self.root, "title").text = title
        ElementTree.SubElement(self.root, "desc").text = about
        self.add("rect", width=width, height=height, fill=PAPER)
        self.text(MARGIN, 34, title, 17, INK, anchor="start", weight=600)

    def add(self, tag: str, **attributes: Any) -> ElementTree.Element:
        given = {name.rstrip("_").replace("_", "-"): _number(value) for name, value in attributes.items()}
        return ElementTree.SubElement(self.root, tag, given)

    def text(
        self, x: float, y: float, text: str, size: float, fill: str, anchor: str = "middle", weight: int = 400
    ) -> None:
        """A line of words; what is too long is cut, and whole in its title."""
        made = self.add("text", x=x, y=y, font_size=size, fill=fill, text_anchor=anchor, font_weight=weight)
        made.text = text
        if anchor == "middle" and len(text) > LETTERS:
            made.text = text[: LETTERS - 1].rstrip() + "…"
            ElementTree.SubElement(made, "title").text = text

    def file(self) -> bytes:
        ElementTree.indent(self.root, " ")
        return ElementTree.tostring(self.root, encoding="utf-8", xml_declaration=True) + b"\n"


def _number(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
