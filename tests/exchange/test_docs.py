"""docs/exchange.md says what the code does."""

from tests.exchange.docs import PAGE, page


def test_the_page_is_what_the_code_says():
    assert PAGE.read_text(encoding="utf-8") == page(), "Run: python -m tests.exchange.docs --write"
