"""Random requests, valid and not, against a real server and its own OpenAPI: `python -m tests.fuzz` (schemathesis).

All checks: no 5xx, no status, media type, header or answer that the document does not describe, no refusal of methods
without `Allow`, no key that is not asked for. A run, a group, a share and a data set are there to be asked about.

    python -m tests.fuzz                    thousands of cases, new ones each time; says how many, and what was found
    python -m tests.fuzz --cases 4 --fixed  fewer, the same each time, as in `tests/app/test_schemathesis.py`
"""

import argparse
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.tools.server import KEY, RunningServer, call

SPEC = {
    "data": {"type": "digits"},
    "network": {
        "layers": [
            {"id": "conv", "type": "conv2d", "filters": 2, "kernel_size": 3, "activation": "relu"},
            {"id": "flat", "type": "flatten"},
            {"id": "output", "type": "dense", "units": 10, "activation": "softmax"},
        ]
    },
    "training": {"loss": "categorical_cross_entropy"},
}
# What belongs together in a request (a layer's shape and the next one's) no JSON schema can say: the engine judges it,
# with 422. A key is one of the client's own making, so an unknown one is an owner with nothing. What was deleted is
# gone for every key.
CONFIG = """
request-timeout = 60
max-stream-events = 2
suppress-health-check = ["all"]

[auth.openapi.key]
bearer = "{key}"

[checks.positive_data_acceptance]
expected-statuses = ["2xx", "401", "403", "404", "409", "412", "413", "422", "429"]

[[operations]]
include-method = "DELETE"
checks = {{ ignored_auth = {{ enabled = false }} }}

[[operations]]
include-operation-id = ["list_runs", "list_shares", "list_uploads"]
checks = {{ ignored_auth = {{ enabled = false }} }}

[[operations]]
include-method = ["GET", "PUT", "PATCH", "POST"]
parameters = {{ "path.run" = "{run}", "path.group" = "{group}", "path.share" = "{share}", "path.id" = "{upload}" }}
"""


@dataclass(frozen=True)
class Found:
    """How many cases were sent, whether all is well, and what schemathesis said."""

    cases: int
    passed: bool
    said: str


def upload(server: RunningServer) -> str:
    """A small table, as a browser sends it."""
    table = "x,y,kind\n" + "".join(f"{k},{k * k % 7},{'ab'[k % 2]}\n" for k in range(30))
    part = f'--edge\r\nContent-Disposition: form-data; name="file"; filename="table.csv"\r\n\r\n{table}\r\n--edge--\r\n'
    return call(server, "POST", "/datasets/uploads", part.encode(), kind="multipart/form-data; boundary=edge")["id"]


def fuzz(server: RunningServer, folder: Path, cases: int, phases: str, fixed: bool, show: bool = False) -> Found:
    """Make what can be asked about, then have schemathesis send up to so many cases to each operation and phase."""
    run = call(server, "POST", "/runs", SPEC)["id"]
    call(server, "PUT", f"/runs/{run}/state", {"state": "paused", "advance": {"unit": "batch", "count": 3}})
    group = call(server, "POST", "/groups", {"seeds": 2})["id"]
    share = call(server, "POST", "/shares", {"run": run})["id"]
    config = folder / "schemathesis.toml"
    config.write_text(CONFIG.format(key=KEY, run=run, group=group, share=share, upload=upload(server)))
    command = [str(Path(sys.executable).with_name("schemathesis")), "--config-file", str(config), "--no-color", "run"]
    command += [f"{server.url}/api/v1/openapi.json", "--phases", phases, "-n", str(cases)]
    command += ["--continue-on-failure", "--warnings", "off"]
    command += ["--generation-deterministic"] if fixed else ["--generation-database", "none"]
    said = ""
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as running:
        for line in running.stdout or ():
            said += line
            if show:
                sys.stdout.write(line)
                sys.stdout.flush()
    counted = re.search(r"([\d,]+) generated", said)
    return Found(int(counted[1].replace(",", "")) if counted else 0, running.returncode == 0, said)


def open_server(folder: Path) -> RunningServer:
    """A server that does not hold a tester back."""
    free = {"rate_requests": "", "rate_creations": "", "max_runs_per_key": 100_000, "max_uploads_per_key": 10_000}
    return RunningServer(folder, workers=1, max_shares_per_key=100_000, **free)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--cases", type=int, default=60, help="cases of each operation in each phase, at most")
    parser.add_argument("--phases", default="examples,coverage,fuzzing,stateful")
    parser.add_argument("--fixed", action="store_true", help="the same cases each time")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, open_server(Path(folder) / "server") as server:
        found = fuzz(server, Path(folder), options.cases, options.phases, options.fixed, show=True)
        crashed = "Traceback (most recent call last)" in server.log()
    sys.stdout.write(f"\n{found.cases:,} cases; " + ("all is well" if found.passed else "see above") + ".\n")
    if crashed:
        sys.stdout.write("The server's log shows a crash.\n")
    return 0 if found.passed and not crashed else 1


if __name__ == "__main__":
    raise SystemExit(main())
