"""Write constraints.txt: the newest versions of everything that pyproject.toml asks for, tried in a fresh environment.

python -m tests.tools.lock
"""

import re
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).parents[2]
HEAD = """\
# The exact versions that are tested. Used as: pip install -c constraints.txt …
# Written by: python -m tests.tools.lock
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = next(
            path for path in (Path(folder, "bin/python"), Path(folder, "Scripts/python.exe")) if path.exists()
        )
        # The oracle first and alone: its exact version decides which build is taken.
        for wanted in (oracle(), ["-e", f"{ROOT}[dev]"]):
            subprocess.run([python, "-m", "pip", "install", "--quiet", *wanted], check=True)
        frozen = subprocess.run(
            [python, "-m", "pip", "freeze", "--exclude-editable"], check=True, capture_output=True, text=True
        ).stdout
    # "torch==2.13.0+cpu" names a build, not a version.
    lines = [re.sub(r"\+\S+$", "", line) for line in frozen.splitlines() if "==" in line]
    (ROOT / "constraints.txt").write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")
    print(f"lock: {len(lines)} packages", file=sys.stderr)


def oracle() -> list[str]:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return project["optional-dependencies"]["oracle"]


if __name__ == "__main__":
    main()
