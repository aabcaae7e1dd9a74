"""The picture of a shared run that other sites show beside its link: network, what it answers, and how it got there."""

import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from app.exchange.headline import describe, headline

WIDTH, HEIGHT = 1200, 630
FINE = 2  # drawn so much larger, then made smaller: that is what smooths the lines
PAPER, SURFACE, INK, MUTED, LINE, ACCENT = "#f5f6f8", "#ffffff", "#1c2630", "#566270", "#d9dee4", "#12505b"
NEGATIVE, NEUTRAL, POSITIVE = (243, 156, 61), (239, 241, 243), (50, 135, 203)
CLASSES = ("#e0851f", "#2a7ebf", "#2a9d74", "#c4609b", "#8b76cf", "#a79a1d", "#3fa9b8", "#b5533c", "#6f7c88", "#7a9a2e")
NEURONS = 6  # drawn of a layer
COLUMNS = 7  # layers drawn
PLAIN = str.maketrans({"×": "x", "–": "-", "—": "-", "−": "-", "’": "'", "“": '"', "”": '"'})  # the font has no others


def draw(facts: dict[str, Any], portrait: dict[str, Any], rows: np.ndarray) -> bytes:
    """PNG. facts: title, spec, epoch, update, numbers, trained; portrait as `app.runs.portrait` gives it."""
    pen = Pen()
    pen.text(70, 52, headline(facts), 50, INK, most=1060)
    pen.text(70, 122, describe(facts), 25, MUTED, most=1060)
    _network(pen, portrait["layers"], (70, 190, 690, 545))
    if portrait["plane"]:
        _plane(pen, portrait["plane"], (770, 190, 1130, 550))
    elif len(rows) > 1:
        _course(pen, rows, (770, 210, 1130, 530))
    pen.box(70, 574, 92, 596, ACCENT, radius=6)
    pen.text(104, 571, "Neural network playground", 22, MUTED)
    return pen.png()


class Pen:
    """Draws in the picture's own units, 1200 × 630."""

    def __init__(self) -> None:
        self.image = Image.new("RGB", (WIDTH * FINE, HEIGHT * FINE), PAPER)
        self._draw = ImageDraw.Draw(self.image)

    def text(self, x: float, y: float, text: str, size: int, fill: str, most: float = WIDTH) -> None:
        """One line; what does not fit is left out with an ellipsis. Signs that the font lacks are left out too."""
        font = ImageFont.load_default(size * FINE)
        text = "".join(sign for sign in text.translate(PLAIN) if sign.isprintable() and sign < "\u0180" or sign == "…")
        while text and self._draw.textlength(text, font) > most * FINE:
            text = f"{text.rstrip('…')[:-1].rstrip()}…"
        self._draw.text((x * FINE, y * FINE), text, fill, font)

    def box(self, x0: float, y0: float, x1: float, y1: float, fill: Any, radius: float = 0, edge: str = "") -> None:
        place = [v * FINE for v in (x0, y0, x1, y1)]
        self._draw.rounded_rectangle(place, radius * FINE, fill, edge or None, 2 * FINE if edge else 0)

    def line(self, points: Sequence[tuple[float, float]], fill: Any, width: float) -> None:
        scaled = [(x * FINE, y * FINE) for x, y in points]
        self._draw.line(scaled, fill, max(1, round(width * FINE)), joint="curve")

    def dot(self, x: float, y: float, size: float, fill: Any, edge: str = SURFACE) -> None:
        place = [(x - size) * FINE, (y - size) * FINE, (x + size) * FINE, (y + size) * FINE]
        self._draw.ellipse(place, fill, edge, FINE)

    def paste(self, picture: Image.Image, x0: float, y0: float, side: float) -> None:
        size = round(side * FINE)
        self.image.paste(picture.resize((size, size), Image.Resampling.BICUBIC), (round(x0 * FINE), round(y0 * FINE)))

    def png(self) -> bytes:
        out = io.BytesIO()
        small = self.image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
        small.quantize(128).save(out, "PNG", optimize=True)
        return out.getvalue()


def signed(value: float) -> tuple[int, int, int]:
    """−1 orange, 0 grey, 1 blue, as everywhere on the page."""
    end, share = (POSITIVE if value > 0 else NEGATIVE), min(1.0, abs(value))
    return tuple(round(a + (b - a) * share) for a, b in zip(NEUTRAL, end, strict=True))  # type: ignore[return-value]


def _network(pen: Pen, layers: list[dict[str, Any]], place: tuple[float, float, float, float]) -> None:
    """Layers as columns from left to right, wires as thick as their weights are large."""
    x0, y0, x1, y1 = place
    if len(layers) > COLUMNS:  # the middle is left out
        layers = [*layers[:4], {"type": "…", "shape": [], "wires": None}, *layers[-2:]]
    step = (x1 - x0) / len(layers)
    side = min(46.0, step * 0.5)
    spots = []
    for i, layer in enumerate(layers):
        x = x0 + step * (i + 0.5)
        many = min(NEURONS, layer["shape"][-1]) if len(layer["shape"]) == 1 else 1
        gap = min(62.0, (y1 - y0) / NEURONS)
        spots.append([(x, (y0 + y1) / 2 + gap * (k - (many - 1) / 2)) for k in range(many)])
    for layer, left, right in zip(layers[1:], spots, spots[1:], strict=False):
        wires = np.array(layer["wires"] or [[0.0]], np.float64)
        most = max(float(np.abs(wires).max()), 1e-9)
        for i, a in enumerate(left):
            for k, b in enumerate(right):
                known = layer["wires"] and i < wires.shape[0] and k < wires.shape[1]
                weight = wires[i, k] / most if known else 0.0
                color = signed(np.sign(weight) * (0.35 + 0.65 * abs(weight))) if known else LINE
                pen.line([a, b], color, 1 + 5 * abs(weight))
    for layer, column in zip(layers, spots, strict=True):
        tall = side * 1.9 if len(layer["shape"]) > 1 else side  # images
        for x, y in column:
            pen.box(x - side / 2, y - tall / 2, x + side / 2, y + tall / 2, SURFACE, radius=8, edge=INK)
        size = "×".join(map(str, layer["shape"]))
        x, y = column[-1][0], column[-1][1] + tall / 2 + 8
        pen.text(x - 4.6 * len(size), y, size, 17, MUTED)


def _plane(pen: Pen, plane: dict[str, Any], place: tuple[float, float, float, float]) -> None:
    """The answer at each point, and the examples over it."""
    x0, y0, x1, y1 = place
    side = round(len(plane["values"]) ** 0.5)
    if plane["classes"]:
        palette = np.array([_rgb(c) for c in CLASSES], np.float64) * 0.6 + 255 * 0.4
        cells = palette[np.array(plane["values"], int) % len(CLASSES)]
    else:
        cells = np.array([signed(0.85 * (v or 0.0)) for v in plane["values"]], np.float64)
    pen.paste(Image.fromarray(cells.reshape(side, side, 3).astype(np.uint8)), x0, y0, x1 - x0)
    scale = (x1 - x0) / (2 * plane["reach"])
    for x, y, target in plane["points"]:
        if max(abs(x), abs(y)) <= plane["reach"]:
            color: Any = CLASSES[int(target) % len(CLASSES)] if plane["classes"] else signed(target)
            pen.dot(x0 + (x + plane["reach"]) * scale, y1 - (y + plane["reach"]) * scale, 5.5, color)
    pen.box(x0 - 2, y0 - 2, x1 + 2, y1 + 2, None, radius=6, edge=INK)


def _course(pen: Pen, rows: np.ndarray, place: tuple[float, float, float, float]) -> None:
    """Training and test loss over the epochs."""
    x0, y0, x1, y1 = place
    epochs, losses = rows[:, 0], rows[:, 2:4]
    top = float(np.nanmax(np.where(np.isfinite(losses), losses, np.nan), initial=0.0)) or 1.0
    span = float(epochs[-1] - epochs[0]) or 1.0
    pen.line([(x0, y0), (x0, y1), (x1, y1)], MUTED, 2)
    for column, color, width in ((0, "#8a95a1", 3), (1, INK, 4)):
        kept = np.isfinite(losses[:, column])
        points = zip(epochs[kept], losses[kept, column], strict=True)
        drawn = [(x0 + (x1 - x0) * (e - epochs[0]) / span, y1 - (y1 - y0) * loss / top) for e, loss in points]
        if len(drawn) > 1:
            pen.line(drawn, color, width)
    pen.text(x0, y1 + 10, "loss on test and training data", 20, MUTED)


def _rgb(name: str) -> tuple[int, ...]:
    return tuple(int(name[i : i + 2], 16) for i in (1, 3, 5))
