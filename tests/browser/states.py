"""The states of the page that are looked at one by one: by axe in the tests, by people as pictures."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.playground import Playground

CONV = "layers=conv2d(filters=4,activation=relu),max_pool2d,flatten,dense(units=10,activation=softmax)"
POINTS = "dataset=points&points=" + ";".join(
    f"{x},{y},{k}"
    for x, y, k in ((-3, 2, 0), (-2, 3, 0), (-4, -1, 0), (-1, -3, 0), (2, 2, 1), (3, -1, 1), (1, 0, 1), (4, 3, 1))
)


def empty(playground: Playground) -> None:
    playground.open()


def running(playground: Playground) -> None:
    playground.open("speed=60")
    playground.play()
    playground.until("p.run.epoch >= 60")


def diverged(playground: Playground) -> None:
    playground.open("dataset=reg_plane&learningRate=10")
    playground.play()
    playground.until("p.run.state === 'diverged'")


def images(playground: Playground) -> None:
    playground.open(f"dataset=digits&{CONV}").train(2)


def table(playground: Playground) -> None:
    playground.open("dataset=iris&speed=60").train(20)


def points(playground: Playground) -> None:
    playground.open(f"{POINTS}&batch=2&speed=60").train(20)


def past(playground: Playground) -> None:
    playground.open("speed=60").train(20)
    slider = playground.page.get_by_role("slider", name=playground.say("Moment on show"))
    slider.fill("10")
    playground.until("p.past !== null && p.past.epoch === 10")


def wrong(playground: Playground) -> None:
    playground.open("layers=dense(units=4,activation=tanh),conv2d(filters=4),dense(units=1,activation=tanh)")
    playground.until("p.errors.length > 0")


def microscope(playground: Playground) -> None:
    playground.open("speed=60").train(5)
    playground.button("One example, step by step").click()
    expect(playground.page.locator("#microscope-step")).not_to_be_empty()
    playground.page.locator('[data-phase="backward"]').click()


def compared(playground: Playground, tab: str) -> None:
    playground.open()
    playground.page.locator('[data-action="compare"]:visible').click()
    playground.page.locator(f'[data-tab="{tab}"]').click()


def together(playground: Playground, runs: int, epochs: int) -> None:
    """Wait until all runs of the comparison have trained for so long, and pause them."""
    playground.until(f"p.compare.id !== null && p.compare.members.length === {runs}")
    playground.until(f"p.compare.members.every((m) => m.epoch >= {epochs})")
    playground.pause_all()


def twins(playground: Playground) -> None:
    compared(playground, "twins")
    playground.button("Play all").click()
    together(playground, 2, 20)


def seeds(playground: Playground) -> None:
    compared(playground, "seeds")
    playground.button("Start them").click()
    together(playground, 20, 10)


def race(playground: Playground) -> None:
    compared(playground, "race")
    playground.button("Play all").click()
    together(playground, 4, 30)


def weights(playground: Playground) -> None:
    playground.open()
    playground.button("Table").click()
    expect(playground.page.locator(".weights__field").first).to_be_visible()


STATES: dict[str, Callable[[Playground], None]] = {
    "empty": empty,
    "running": running,
    "diverged": diverged,
    "images": images,
    "table": table,
    "points": points,
    "past": past,
    "wrong": wrong,
    "microscope": microscope,
    "twins": twins,
    "seeds": seeds,
    "race": race,
    "weights": weights,
}
