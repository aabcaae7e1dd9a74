"""What the README says is true: its script runs as it stands and does what it promises; CI runs its second command."""

import re
import subprocess
import sys
from pathlib import Path

from tests.tools.waiting import PATIENCE

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def test_the_first_two_blocks_are_one_line_each_to_paste():
    install, check = blocks("sh")[:2]
    assert install.count("\n") == check.count("\n") == 1
    assert "playground serve" in install
    assert check.strip().endswith("-m tests")


def test_ci_runs_the_second_command_word_for_word():
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    function = re.search(r"^readme_command\(\) \{.*?^\}", script, re.DOTALL | re.MULTILINE)[0]
    shown = subprocess.run(["bash", "-c", f"{function}\nreadme_command 2"], cwd=ROOT, capture_output=True, text=True)
    assert shown.stdout == blocks("sh")[1]


def test_the_script_trains_digits_and_computes_the_same_predictions(server, tmp_path):
    script = blocks("python")[0].replace("http://127.0.0.1:8000", server.url)
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE
    )
    assert done.returncode == 0, done.stderr
    accuracies = [float(found) for found in re.findall(r"accuracy (\S+)", done.stdout)]
    assert len(accuracies) == 41  # every epoch from 0 to 40, none lost, none twice
    assert accuracies[-1] >= 0.96
    assert float(re.search(r"difference from /predict: (\S+)", done.stdout)[1]) < 1e-5
