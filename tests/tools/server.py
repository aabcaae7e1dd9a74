"""Start the real server as a process of its own, as a user does, on a free port and with a data folder of its own."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from tests.tools.waiting import PATIENCE

ROOT = Path(__file__).parents[2]
KEY = "an-owner-s-key-of-good-length"
ADDRESS = re.compile(r"^\s*Playground: (http://\S+?)/?$", re.MULTILINE)


class RunningServer:
    """A `playground serve` that answers. `url` has no slash at its end.

    Settings are given as keywords and reach the server as PLAYGROUND_… variables: `RunningServer(tmp, workers=1)`.
    """

    def __init__(self, data_dir: Path, *, port: int = 0, command: list[str] | None = None, **settings: object):
        self.data_dir = data_dir
        data_dir.mkdir(parents=True, exist_ok=True)
        self.log_path = data_dir / "server.log"
        env = {name: value for name, value in os.environ.items() if not name.startswith("PLAYGROUND_")}
        env |= {f"PLAYGROUND_{name.upper()}": str(value) for name, value in settings.items()}
        env |= {"PYTHONUNBUFFERED": "1"}
        self._start_of_log = self.log_path.stat().st_size if self.log_path.exists() else 0
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                [
                    *(command or [sys.executable, "-m", "app.cli"]),
                    "serve",
                    "--port",
                    str(port),
                    "--data-dir",
                    str(data_dir),
                ],
                cwd=ROOT,
                env=env,
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,  # a process group of its own: kill() ends the workers too
            )
        try:
            self.url = self._address()
        except BaseException:
            self.kill()
            raise

    def __enter__(self) -> "RunningServer":
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    @property
    def port(self) -> int:
        return int(self.url.rsplit(":", 1)[1].split("/")[0])

    @property
    def ws_url(self) -> str:
        return "ws" + self.url.removeprefix("http")

    def log(self) -> str:
        """What this process has written so far (not an earlier one with the same data folder)."""
        return self.log_path.read_bytes()[self._start_of_log :].decode("utf-8", "replace")

    def stop(self) -> None:
        """End it as Ctrl+C in a terminal does, which reaches the workers too, and make sure that it is gone."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGINT)
            try:
                self.process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.kill()
                problem = f"The server did not stop within {PATIENCE} s of Ctrl+C. Its log:\n{self.log()}"
                raise AssertionError(problem) from None

    def kill(self) -> None:
        """kill -9 of the server and its workers, all at once."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait(PATIENCE)

    def _address(self) -> str:
        """The address printed, once the server answers there."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(f"The server ended with {self.process.returncode}. Its log:\n{self.log()}")
            if found := ADDRESS.search(self.log()):
                url = found[1]
                if healthy(url):
                    return url
            time.sleep(0.05)
        raise RuntimeError(f"The server did not answer within {PATIENCE} s. Its log:\n{self.log()}")


def call(
    server: RunningServer,
    method: str,
    path: str,
    body: Any = None,
    key: str | None = KEY,
    kind: str = "application/json",
) -> Any:
    """What the API answers, decoded. body: JSON, or bytes of another kind. key: None sends none."""
    data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"Content-Type": kind} | ({"Authorization": f"Bearer {key}"} if key else {})
    request = urllib.request.Request(f"{server.url}/api/v1{path}", data, headers, method=method)
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        return json.loads(answer.read() or b"null")


def healthy(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/healthz", timeout=5) as response:
            return response.status == 200
    except urllib.error.HTTPError as error:
        error.close()
        return False
    except OSError:
        return False
