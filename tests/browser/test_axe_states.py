"""Nothing keeps anybody out in any state of the page, in both themes."""

import pytest

from tests.browser.playground import Playground
from tests.browser.states import STATES
from tests.browser.test_for_everyone import serious


def keeps_nobody_out(playground: Playground) -> None:
    """As it is now, in both themes."""
    for theme in ("light", "dark"):
        playground.page.emulate_media(color_scheme=theme)
        assert serious(playground.page) == [], theme


@pytest.mark.parametrize("state", STATES)
def test_nothing_keeps_anybody_out(playground: Playground, state: str) -> None:
    STATES[state](playground)
    keeps_nobody_out(playground)
