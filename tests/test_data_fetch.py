"""Fetching data sets, from a server of the test's own: cut off and gone on with, checked, never half done."""

import hashlib
import random
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from click.testing import CliRunner

from app import fetching
from app.cli import main
from app.fetching import NotFetched, Published, Set, fetch

CONTENTS = {name: random.Random(name).randbytes(200_000 + k) for k, name in enumerate(fetching.NAMES)}
FIRST = fetching.NAMES[0]


class Server:
    """Serves CONTENTS below /toy/, with faults: `cuts` are bytes after which answers break off, one after the other."""

    def __init__(self):
        self.cuts: list[int] = []
        self.ranges = True
        self.spoiled: set[str] = set()
        self.missing: set[str] = set()
        self.asked: list[tuple[str, str | None]] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                server.answer(self)

            def log_message(self, *args):
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def answer(self, request):
        name, given = request.path.rpartition("/")[2], request.headers.get("Range")
        self.asked.append((name, given))
        if name in self.missing or not request.path.startswith("/toy/"):
            request.send_error(404)
            return
        body = CONTENTS[name]
        if name in self.spoiled:
            body = body[:-1] + bytes([body[-1] ^ 1])
        start = int(given.removeprefix("bytes=").rstrip("-")) if given and self.ranges else 0
        request.send_response(206 if start else 200)
        if start:
            request.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
        request.send_header("Content-Length", str(len(body) - start))
        request.end_headers()
        cut = self.cuts.pop(0) if self.cuts else len(body)
        request.wfile.write(body[start : start + cut])
        request.close_connection = True


@pytest.fixture
def server():
    made = Server()
    yield made
    made.http.shutdown()
    made.http.server_close()


@pytest.fixture
def toy(server):
    """A data set that this server has."""
    files = (Published(name, len(body), hashlib.sha256(body).hexdigest()) for name, body in CONTENTS.items())
    return Set("toy", "Toy", (f"{server.url}/toy",), tuple(files))


def complete(folder):
    return {path.name: path.read_bytes() for path in (folder / "toy").iterdir()} == CONTENTS


def never(_):
    """For waits between tries: tests have no time to lose."""


def test_all_files_are_fetched_and_not_again(server, toy, tmp_path):
    told = []
    assert fetch(toy, tmp_path, progress=told.append, wait=never) == 4
    assert complete(tmp_path)
    assert sum(told) == toy.size
    server.asked.clear()
    assert fetch(toy, tmp_path, progress=told.append, wait=never) == 0
    assert server.asked == []
    assert sum(told) == 2 * toy.size


def test_a_cut_connection_is_taken_up_where_it_broke(server, toy, tmp_path):
    server.cuts = [70_000, 70_000]
    told = []
    fetch(toy, tmp_path, progress=told.append, wait=never)
    assert complete(tmp_path)
    starts = [given for name, given in server.asked if name == FIRST]
    assert starts == [None, "bytes=70000-", "bytes=140000-"]
    assert sum(told) == toy.size


def test_what_was_left_by_an_earlier_command_is_gone_on_with(server, toy, tmp_path):
    (tmp_path / "toy").mkdir()
    (tmp_path / "toy" / f"{FIRST}.part").write_bytes(CONTENTS[FIRST][:123_456])
    fetch(toy, tmp_path, wait=never)
    assert server.asked[0] == (FIRST, "bytes=123456-")
    assert complete(tmp_path)


def test_a_server_without_ranges_sends_it_all_again(server, toy, tmp_path):
    server.ranges, server.cuts = False, [70_000]
    told = []
    fetch(toy, tmp_path, progress=told.append, wait=never)
    assert complete(tmp_path)
    assert sum(told) == toy.size


def test_a_rest_of_something_else_is_thrown_away(server, toy, tmp_path):
    (tmp_path / "toy").mkdir()
    (tmp_path / "toy" / f"{FIRST}.part").write_bytes(b"x" * 1000)
    fetch(toy, tmp_path, wait=never)
    assert complete(tmp_path)


def test_another_file_than_the_published_one_is_never_put_in_its_place(server, toy, tmp_path):
    server.spoiled = {FIRST}
    with pytest.raises(NotFetched, match="its checksum is not the published one") as caught:
        fetch(toy, tmp_path, wait=never)
    assert caught.value.where == FIRST
    assert list((tmp_path / "toy").iterdir()) == []


def test_a_damaged_file_that_is_there_is_replaced(server, toy, tmp_path):
    fetch(toy, tmp_path, wait=never)
    (tmp_path / "toy" / FIRST).write_bytes(b"damaged")
    assert fetch(toy, tmp_path, wait=never) == 1
    assert complete(tmp_path)


def test_the_next_server_is_asked_where_one_has_it_not(server, toy, tmp_path):
    fetch(toy, tmp_path, [f"{server.url}/empty"], wait=never)
    assert complete(tmp_path)
    server.missing = {FIRST}
    with pytest.raises(NotFetched, match="answers 404"):
        fetch(toy, tmp_path / "other", [f"{server.url}/empty"], wait=never)


def test_a_server_that_always_breaks_off_is_given_up(server, toy, tmp_path):
    server.cuts = [0] * 50
    with pytest.raises(NotFetched, match="could not be fetched"):
        fetch(toy, tmp_path, wait=never)
    assert len(server.asked) == fetching.TRIES


# the command


def run(*args, env=None):
    return CliRunner().invoke(main, ["data", *map(str, args)], env=env or {})


def test_the_command_fetches_and_lists(server, toy, tmp_path, monkeypatch):
    monkeypatch.setattr(fetching, "SETS", {"toy": toy})
    assert "not here (1 MB); get it: playground data fetch toy" in run("list", "--data-dir", tmp_path).output
    done = run("fetch", "toy", "--data-dir", tmp_path)
    assert done.exit_code == 0, done.output
    assert complete(tmp_path / "datasets")
    assert "Toy is in" in done.output
    assert "here, in" in run("list", "--data-dir", tmp_path).output
    assert "was there already" in run("fetch", "TOY", "--data-dir", tmp_path).output


def test_a_mirror_is_asked_first(server, toy, tmp_path, monkeypatch):
    gone = Set("toy", "Toy", ("http://127.0.0.1:1/toy",), toy.files)
    monkeypatch.setattr(fetching, "SETS", {"toy": gone})
    done = run("fetch", "toy", "--data-dir", tmp_path, env={"PLAYGROUND_DATA_MIRRORS": f"{server.url}/"})
    assert done.exit_code == 0, done.output
    assert complete(tmp_path / "datasets")


def test_offline_is_said_in_plain_words(toy, tmp_path, monkeypatch):
    monkeypatch.setattr(fetching, "SETS", {"toy": Set("toy", "Toy", ("http://127.0.0.1:1/toy",), toy.files)})
    monkeypatch.setattr(fetching.fetch, "__kwdefaults__", fetching.fetch.__kwdefaults__ | {"wait": never})
    done = run("fetch", "toy", "--data-dir", tmp_path)
    assert done.exit_code == 1
    assert "could not be fetched (127.0.0.1:1: " in done.output
    assert "Is this machine online?" in done.output
    assert "Traceback" not in done.output


def test_an_unknown_name_is_refused_with_those_there_are(tmp_path):
    done = run("fetch", "cifar", "--data-dir", tmp_path)
    assert done.exit_code == 1
    assert "Choose from: mnist, fashion-mnist." in done.output


def test_it_lies_where_the_data_sets_look_for_it():
    from engine.datasets import files
    from engine.spec import CATALOGUE

    for wanted in fetching.SETS.values():
        assert CATALOGUE["dataset"][wanted.name].needs_files
        assert wanted.command in files.missing(wanted.name).fix
