"""The losses of a run as a chart of its own (SVG): training and test, over the epochs."""

import math

import numpy as np

from app.exchange.card import INK, LINE, MUTED
from app.exchange.svg import MARGIN, Pen
from engine.events import COLUMNS

WIDTH, HEIGHT = 680, 420
LEFT, RIGHT, TOP, BOTTOM = 76, 652, 82, 358  # of the plot
CURVES = (("train_loss", "training", "#7d8894", 2.0), ("test_loss", "test", INK, 2.6))
LEGEND = 56  # its height
TICKS = 5  # about


def draw_losses(rows: np.ndarray, title: str) -> bytes:
    """The file's bytes. rows: of the history; what is not a finite number is left out of the line."""
    epochs = rows[:, COLUMNS.index("epoch")]
    losses = {name: rows[:, COLUMNS.index(name)] for name, *_ in CURVES}
    pen = Pen(WIDTH, HEIGHT, title, "Training and test loss over the epochs.")
    last = max(1.0, float(epochs.max(initial=0)))
    top = max((float(a[np.isfinite(a)].max(initial=0)) for a in losses.values()), default=0.0) * 1.05 or 1.0

    def place(epoch: float, loss: float) -> str:
        return f"{LEFT + (RIGHT - LEFT) * epoch / last:.2f} {BOTTOM - (BOTTOM - TOP) * loss / top:.2f}"

    for tick in ticks(top):
        y = float(place(0, tick).split()[1])
        pen.add("path", d=f"M{LEFT} {y:g}H{RIGHT}", stroke=LINE, stroke_width=1)
        pen.text(LEFT - 8, y + 4, f"{tick:.4g}", 11.5, MUTED, anchor="end")
    for tick in ticks(last):
        x = float(place(tick, 0).split()[0])
        pen.text(x, BOTTOM + 18, f"{tick:,.4g}" if tick < 1000 else f"{tick:,.0f}", 11.5, MUTED)
    pen.add("path", d=f"M{LEFT} {BOTTOM}H{RIGHT}", stroke=MUTED, stroke_width=1)
    pen.text((LEFT + RIGHT) / 2, BOTTOM + 38, "epoch", 11.5, MUTED)
    for k, (name, label, color, width) in enumerate(CURVES):
        for part in parts(losses[name]):
            points = [place(float(epochs[i]), float(losses[name][i])) for i in range(part.start, part.stop)]
            way = "M" + "L".join(points) if len(points) > 1 else f"M{points[0]}h0.01"
            pen.add("path", d=way, fill="none", stroke=color, stroke_width=width, stroke_linejoin="round",
                    stroke_linecap="round")  # fmt: skip
        x, final = MARGIN + 150 * k, losses[name][np.isfinite(losses[name])][-1:]
        pen.add("path", d=f"M{x} {LEGEND}h18", stroke=color, stroke_width=width, stroke_linecap="round")
        pen.text(x + 24, LEGEND + 4, f"{label} {final[0]:.3g}" if len(final) else label, 11.5, INK, anchor="start")
    return pen.file()


def ticks(most: float) -> list[float]:
    """Round numbers from 0 to that."""
    rough = most / TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * k for k in (1, 2, 5, 10) if power * k >= rough * 0.999)
    return [step * k for k in range(int(most / step * 1.0001) + 1)]


def parts(values: np.ndarray) -> list[slice]:
    """The stretches of finite numbers."""
    known = np.concatenate([[False], np.isfinite(values), [False]])
    edges = np.flatnonzero(known[1:] != known[:-1])
    return [slice(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True)]
