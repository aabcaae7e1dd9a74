"""Uploaded data outlive the server: after kill -9 a run on them goes on, and they are listed as before."""

from tests.app.test_datasets_rest import PENGUINS
from tests.tools.server import call
from tests.tools.waiting import wait


def upload(server):
    head = '--x\r\nContent-Disposition: form-data; name="file"; filename="penguins.csv"\r\n\r\n'
    body = f"{head}{PENGUINS}\r\n--x--\r\n".encode()
    return call(server, "POST", "/datasets/uploads", body, kind="multipart/form-data; boundary=x")


def test_a_run_on_uploaded_data_goes_on_after_kill_9(server_factory):
    first = server_factory(workers=1)
    kept = upload(first)
    run = call(first, "POST", "/runs", {"data": kept["data"]})["id"]
    asked = {"state": "paused", "advance": {"unit": "epoch", "count": 5}}
    call(first, "PUT", f"/runs/{run}/state", asked)
    wait(lambda: call(first, "GET", f"/runs/{run}")["state"] == "paused")
    first.kill()
    second = server_factory(data_dir=first.data_dir, workers=1)
    assert [one["id"] for one in call(second, "GET", "/datasets/uploads")["uploads"]] == [kept["id"]]
    before = call(second, "GET", f"/runs/{run}")["epoch"]
    call(second, "PUT", f"/runs/{run}/state", asked)
    wait(lambda: call(second, "GET", f"/runs/{run}")["state"] == "paused")
    assert call(second, "GET", f"/runs/{run}")["epoch"] == before + 5
    evaluation = call(second, "GET", f"/runs/{run}/evaluation?split=test")
    assert evaluation["classes"] == ["Adelie", "Gentoo"]
