"""The network as a picture of its own (SVG): layers from left to right, neurons, weights as lines, sizes in words.

Everything is in the file: colours, words, and neurons' pictures where the examples lie on a plane.
"""

import base64
import io
from xml.etree import ElementTree

import numpy as np
from PIL import Image

from app.exchange.card import INK, LINE, MUTED, SURFACE, signed
from app.exchange.columns import BOX, Column, columns
from app.exchange.svg import MARGIN, Pen
from engine.network import INPUT
from engine.train import Trainer

STEP, SIDE, HEAD, FOOT = 172, 96, 104, 74  # from column to column; margins at the sides at least, above and below
LETTER = 6.4  # pixels that a letter of the small words is wide, about
NARROW = 480  # there is room for the legend
WIRE = 5.0  # pixels of the largest weight
CELLS, REACH = 24, 6.0  # a neuron's picture: so many squares a side, from −6 to 6


def draw_network(trainer: Trainer, title: str) -> bytes:
    """The file's bytes."""
    drawn = columns(trainer, pictures_of(trainer))
    before, after = (max(SIDE, 40 + LETTER * max(map(len, c.labels), default=0)) for c in (drawn[0], drawn[-1]))
    width = max(NARROW, round(before + after) + STEP * (len(drawn) - 1))
    height = HEAD + max(column.height for column in drawn) + FOOT
    pen = Pen(width, height, title, f"{len(drawn) - 1} layers, {trainer.network.count():,} weights.")
    middle = HEAD + (height - HEAD - FOOT) / 2
    places = {column.id: (before + STEP * k, middle) for k, column in enumerate(drawn)}
    known = {column.id: column for column in drawn}
    order = list(known)
    most = max((float(np.abs(c.wires).max(initial=0)) for c in drawn if c.wires is not None), default=0.0) or 1.0
    for column in drawn:
        for source in column.inputs:
            skips = order.index(column.id) - order.index(source) > 1
            _connect(pen, known[source], column, places, most, skips)
    for column in drawn:
        _draw(pen, column, *places[column.id])
    _legend(pen, height)
    return pen.file()


def _rgb(value: float) -> str:
    return "#" + "".join(f"{part:02x}" for part in signed(value))


def _connect(pen: Pen, a: Column, b: Column, places: dict[str, tuple[float, float]], most: float, skips: bool) -> None:
    """What a column reads from another: a line for each weight that is shown, else one for all of it."""
    (x0, y0), (x1, y1) = places[a.id], places[b.id]
    left, right = x0 + a.width / 2, x1 - b.width / 2
    if skips:  # a shortcut goes over what lies between
        top = HEAD - 14
        start, end = f"M{x0:g} {y0 - a.tall / 2:g}", f"{x1:g} {y1 - b.tall / 2:g}"
        pen.add("path", d=f"{start}C{x0:g} {top} {x1:g} {top} {end}", fill="none", stroke=MUTED, stroke_width=1.5,
                stroke_dasharray="5 4")  # fmt: skip
        return
    wires, middle = b.wires, (left + right) / 2
    if wires is None and a.shown and (a.shown, a.more) == (b.shown, b.more):  # each from its own
        for k in range(a.shown):
            pen.add("path", d=f"M{left:g} {y0 + a.spot(k):g}L{right:g} {y1 + b.spot(k):g}", stroke=LINE, stroke_width=2)
        return
    if wires is None:
        way = f"M{left:g} {y0:g}C{middle:g} {y0:g} {middle:g} {y1:g} {right:g} {y1:g}"
        pen.add("path", d=way, fill="none", stroke=LINE, stroke_width=6)
        return
    for i, k in sorted(np.ndindex(wires.shape), key=lambda at: abs(wires[at])):  # the largest on top
        weight = float(wires[i, k]) / most
        ya, yb = y0 + a.spot(i), y1 + b.spot(k)
        share = min(1.0, abs(weight))
        color = _rgb(np.sign(weight) * (0.35 + 0.65 * share))
        pen.add("path", d=f"M{left:g} {ya:g}C{middle:g} {ya:g} {middle:g} {yb:g} {right:g} {yb:g}",
                fill="none", stroke=color, stroke_width=0.6 + WIRE * share)  # fmt: skip


def _draw(pen: Pen, column: Column, x: float, y: float) -> None:
    """A layer: its name above, its neurons or its block, its sizes below."""
    top = HEAD - 30
    pen.text(x, top, column.title, 13.5, INK, weight=600)
    if column.kind:
        pen.text(x, top + 17, column.kind, 11.5, MUTED)
    if column.block:
        for back in (8, 4, 0) if column.stacked else (0,):
            pen.add("rect", x=x - column.width / 2 + back, y=y - column.tall / 2 - back, width=column.width,
                    height=column.tall, rx=5, fill=SURFACE, stroke=INK, stroke_width=1.4)  # fmt: skip
        pen.text(x, y + 4, column.block, 11.5, INK)
    else:
        _neurons(pen, column, x, y)
    words = [text for text in (column.size if not column.block else "", column.weights) if text]
    for line, text in enumerate(words):
        pen.text(x, y + column.tall / 2 + 22 + 16 * line, text, 11.5, MUTED)


def _neurons(pen: Pen, column: Column, x: float, y: float) -> None:
    for k in range(column.shown):
        left, top = x - BOX / 2, y + column.spot(k) - BOX / 2
        if column.pictures is not None:
            box = {"x": left, "y": top, "width": BOX, "height": BOX}
            pen.add("image", **box, href=_png(column.pictures[k]), preserveAspectRatio="none")
            pen.add("rect", **box, rx=3, fill="none", stroke=INK, stroke_width=1.4)
        else:
            pen.add("rect", x=left, y=top, width=BOX, height=BOX, rx=6, fill=SURFACE, stroke=INK, stroke_width=1.4)
        if column.biases is not None:
            bias = float(column.biases[k])
            mark = pen.add("rect", x=left - 5, y=top + BOX - 6, width=11, height=11, rx=2.5, fill=_rgb(np.tanh(bias)),
                           stroke=INK, stroke_width=1)  # fmt: skip
            ElementTree.SubElement(mark, "title").text = f"bias {bias:.4g}"
        if column.labels and column.labels[k]:
            side = -1 if column.id == INPUT else 1
            pen.text(x + side * (BOX / 2 + 8), top + BOX / 2 + 4, column.labels[k], 11.5, INK,
                     anchor="end" if side < 0 else "start")  # fmt: skip
    if column.more:
        pen.text(x, y + column.tall / 2 - 4, f"and {column.more:,} more", 11.5, MUTED)


def _legend(pen: Pen, height: float) -> None:
    x, y = MARGIN, height - 20
    for k, value in enumerate(np.linspace(-1, 1, 9)):
        pen.add("rect", x=x + 12 * k, y=y - 9, width=12.5, height=10, fill=_rgb(float(value)))
    pen.text(x + 118, y, "weights and values: orange negative, blue positive", 11.5, MUTED, anchor="start")


def pictures_of(trainer: Trainer) -> dict[str, np.ndarray] | None:
    """What the input and every layer give at each point of the plane, (units, cells, cells); None: it is no plane."""
    if trainer.data.view != "plane":
        return None
    ticks = (np.arange(CELLS) + 0.5) / CELLS * 2 * REACH - REACH
    points = np.stack([np.tile(ticks, CELLS), np.repeat(ticks[::-1], CELLS)], axis=1)
    x = trainer.data.transform(points)
    seen = {INPUT: x, **{id: a for id, a in trainer.activations(x).items() if id != INPUT}}
    return {id: np.nan_to_num(a.T).reshape(-1, CELLS, CELLS) for id, a in seen.items() if a.ndim == 2}


def _png(values: np.ndarray) -> str:
    """A neuron's picture, as an address that holds it. What goes beyond −1 to 1 is scaled as a whole."""
    scaled = values / max(1.0, float(np.abs(values).max()))
    shades = np.array([signed(v) for v in np.linspace(-1, 1, 65)], np.uint8)
    picture = Image.fromarray(np.round((scaled + 1) * 32).astype(np.uint8))
    picture.putpalette(shades.tobytes())
    out = io.BytesIO()
    picture.resize((CELLS * 2, CELLS * 2)).save(out, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()
