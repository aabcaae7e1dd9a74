"""What is on the screen as a script: commands that make the same run on the same server and follow it."""

import json
import shlex
from typing import Any

SECONDS = 0.5  # between two looks


def curl(server: str, spec: dict[str, Any]) -> str:
    """Shell commands. server: its address, without a slash at the end."""
    body = shlex.quote(json.dumps(spec, ensure_ascii=False))
    api = f"{server}/api/v1"
    return f"""# Make the run; the answer holds its id and its key.
curl -s {shlex.quote(f"{api}/runs")} -H 'Content-Type: application/json' -d {body}

# With these two from the answer: start it, look at its losses, take its weights.
ID=… KEY=…
curl -s -X PUT "{api}/runs/$ID/state" -H "Authorization: Bearer $KEY" -H 'Content-Type: application/json' \\
  -d '{{"state": "running"}}'
curl -s "{api}/runs/$ID/history"
curl -s "{api}/runs/$ID/weights"
"""


def python(server: str, spec: dict[str, Any]) -> str:
    """A script on the standard library alone."""
    text = repr(json.dumps(spec, ensure_ascii=False))
    return f'''"""Makes the run that the page showed, trains it, and takes its weights."""

import json
import time
from urllib.request import Request, urlopen

SERVER = {server!r}
SPEC = json.loads({text})


def call(method, path, body=None, key=None):
    """One request; the key is what lets you steer a run."""
    headers = {{"Content-Type": "application/json"}} | ({{"Authorization": f"Bearer {{key}}"}} if key else {{}})
    data = None if body is None else json.dumps(body).encode()
    with urlopen(Request(f"{{SERVER}}/api/v1{{path}}", data, headers, method=method)) as answer:
        return json.load(answer)


run = call("POST", "/runs", SPEC)
path = f"/runs/{{run['id']}}"
call("PUT", f"{{path}}/state", {{"state": "paused", "advance": {{"unit": "epoch", "count": 20}}}}, run["key"])
while call("GET", path)["state"] == "running":
    time.sleep({SECONDS})
history = call("GET", f"{{path}}/history")
print(dict(zip(history["columns"], history["rows"][-1])))
weights = call("GET", f"{{path}}/weights")["layers"]
'''
