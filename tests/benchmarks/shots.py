"""Pictures of the page in its states, light and dark, on a phone and on a desktop, to be looked at.

python -m tests.benchmarks.shots --out FOLDER [--only empty,seeds]
"""

import argparse
from pathlib import Path

from tests.browser.states import STATES
from tests.tools.screenshots import photograph

SIZES = {360: 740, 1440: 900}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="folder for the pictures; made when missing")
    parser.add_argument("--only", default="", help=f"some of {', '.join(STATES)}")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    wanted = options.only.split(",") if options.only else STATES
    states = {name: state for name, state in STATES.items() if name in wanted}
    photograph(states, SIZES, lambda name, width, theme: options.out / f"{name}-{width}-{theme}.png")


if __name__ == "__main__":
    main()
