"""The command for all checks: what fails twice is red, what fails once is named, and an accident is no failed test."""

import sys
from pathlib import Path

import pytest

from tests.__main__ import LAST_FAILED, Step, judged

BODIES = {
    "steady": "def test_it(): pass",
    "once": "def test_it():\n    seen = path.exists(); path.touch(); assert seen\ndef test_other(): pass",
    "twice": "def test_it(): assert False",
    "broken": "import nothing_of_this_name",
}


@pytest.mark.parametrize("body, word", [("steady", "passed"), ("once", "unsteady"), ("twice", "FAILED")])
def test_failed_tests_are_run_once_more(tmp_path: Path, body: str, word: str) -> None:
    assert judged(step(tmp_path, body)) == word


def test_tests_that_can_not_be_read_are_not_tried_again(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert judged(step(tmp_path, "broken")) == "FAILED"
    assert "once more" not in capfd.readouterr().out


def step(folder: Path, body: str) -> Step:
    file = folder / "test_one.py"
    file.write_text(
        f"from pathlib import Path\npath = Path({str(folder / 'seen')!r})\n{BODIES[body]}\n", encoding="utf-8"
    )
    pytest_here = [sys.executable, "-m", "pytest", str(file), f"--rootdir={folder}", "-c", str(folder / "pytest.ini")]
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    return Step("tests", lambda: pytest_here, lambda: [*pytest_here, *LAST_FAILED])
