"""Files that are traps: refused with a sentence before memory grows, and nothing in them is run."""

import gzip
import io
import json
import os
import pickle
import socket
import struct
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import numpy as np
import psutil
import pytest

from tests.app.test_datasets_rest import Data
from tests.tools.server import call

ROOT = Path(__file__).parents[2]
MEGABYTE = 2**20
ROOM = 100 * MEGABYTE  # what reading a file of this size may take beside the libraries

# Reads files as the server's process for them does, each in a fork; tells the error, and by how much memory grew.
SCRIPT = """
import json, os, resource, sys
from app.uploads.choices import Choices, Limits
from app.uploads.reading import look
from engine.errors import PlaygroundError

for name, path in json.loads(sys.argv[1]):
    if os.fork():
        os.wait()
        continue
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        look([(name, path)], Choices(), Limits())
        said = "nothing was wrong"
    except PlaygroundError as error:
        said = error.message
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
    print(json.dumps([said, grown]), flush=True)
    os._exit(0)
"""


def zipped(*entries, method=zipfile.ZIP_DEFLATED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as pack:
        for name, data in entries:
            pack.writestr(name, data)
    return file.getvalue()


def png(width, height, rows=b""):
    """A picture that says it is so large; its pixels are all the same, packed very small."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    packed = rows or zlib.compress(bytes((width + 1) * min(height, 100)), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def npy(header):
    text = repr(header).encode()
    text += b" " * (-(len(text) + 11) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text


def zeros(n):
    """A gzip file of n zero bytes, without ever holding them."""
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb", compresslevel=9) as file:
        for _ in range(n // MEGABYTE):
            file.write(bytes(MEGABYTE))
    return out.getvalue()


def listing(n):
    """A zip file that is nothing but a list of n entries."""
    entry = b"PK\x01\x02" + bytes(24) + struct.pack("<HHHHHLL", 1, 0, 0, 0, 0, 0, 0) + b"a"
    size = len(entry) * n
    return b"PK\x03\x04" + entry * n + b"PK\x05\x06" + struct.pack("<HHHHLLH", 0, 0, n & 0xFFFF, n & 0xFFFF, size, 4, 0)


LONG = npy({"descr": "<f8", "fortran_order": False, "shape": (10**12,)})
PROGRAM = b"\x93NUMPY\x01\x00" + struct.pack("<H", 30) + b"__import__('os').system('id')\n"
SMALL = ("b/1.png", png(9, 9))


def traps():
    """What it is, its name, its bytes, and a part of what is to be said."""
    yield "a zip bomb", "a.zip", zipped(("a/1.png", bytes(90 * MEGABYTE)), SMALL), "looks like a trap"
    many = zipped(*[(f"{k % 2}/{k}.png", bytes(60_000)) for k in range(5000)])
    yield "many small bombs", "a.zip", many, "zip files of 268,435,456 bytes"
    yield "a list without end", "a.zip", listing(300_000), "lists more files"
    yield "a table packed a thousand times", "a.csv.gz", zeros(200 * MEGABYTE), "max_dataset_bytes"
    wide = zipped(("a/1.png", png(1_000_000, 1_000_000, zlib.compress(b""))), SMALL)
    yield "a picture of a million pixels a side", "a.zip", wide, "too many pixels"
    large = zipped(("a/1.png", png(6000, 6000)), SMALL)
    yield "a picture of 36 megapixels", "a.zip", large, "6,000×6,000 pixels, which is too many"
    for name in ("../../evil.png", "/etc/evil.png", "C:\\evil\\1.png", "a/../../evil.png"):
        yield f"an entry {name}", "a.zip", zipped((name, b"x"), SMALL), "points outside"
    yield "an array of a trillion numbers", "a.npz", zipped(("x.npy", LONG), ("y.npy", b"")), "not what it says"
    yield "an array headed by a program", "a.npz", zipped(("x.npy", PROGRAM), ("y.npy", b"")), "damaged"
    sizes = b"\0\0\x08\x03" + struct.pack(">III", 60_000, 1000, 1000) + bytes(100)
    yield "images that say they are gigabytes", "x-idx3-ubyte", sizes, "at most"
    inner = zipped(("inner.zip", zipped(("a.csv", b"a,b\n1,2\n"))))
    yield "a zip file of a zip file", "a.zip", inner, "Expected pictures"
    yield "a workbook", "a.xlsx", zipped(("xl/workbook.xml", b"<x/>")), "workbook"
    yield "a damaged zip file", "a.zip", zipped(SMALL)[:-30], "damaged"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="memory is measured in forks")
def test_traps_are_refused_and_memory_stays_flat(tmp_path):
    given = list(traps())
    for number, (_, _, data, _) in enumerate(given):
        (tmp_path / str(number)).write_bytes(data)
    listed = json.dumps([(name, str(tmp_path / str(number))) for number, (_, name, _, _) in enumerate(given)])
    command = [sys.executable, "-c", SCRIPT, listed]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(told) == len(given), done.stderr
    for (what, _, _, expected), (said, grown) in zip(given, told, strict=True):
        assert expected in said, f"{what}: {said}"
        assert grown < ROOM, f"{what}: {grown / MEGABYTE:.0f} MB"


class Runs:
    """What unpickling would run: a file appears."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (open, (str(self.path), "w"))


def test_pickled_objects_are_neither_read_nor_run(client, tmp_path):
    mark = tmp_path / "it ran"
    file = io.BytesIO()
    np.savez(file, x=np.array([Runs(mark)], dtype=object), y=np.arange(1))
    plain = zipped(("x.npy", pickle.dumps(Runs(mark))), ("y.npy", b""))
    for data in (file.getvalue(), plain):
        answer = Data(client).post("", data, name="data.npz")
        assert answer.status_code == 422
    assert "pickled" in Data(client).post("/preview", file.getvalue(), name="data.npz").json()["detail"]
    assert not mark.exists()


def test_the_name_of_a_file_leads_nowhere(client):
    data = Data(client)
    sent = {"files": [("file", ("../../../evil.csv", b"a,b,y\n" + b"1,2,u\n3,4,v\n" * 5))]}
    kept = client.post("/api/v1/datasets/uploads", headers=data.headers, **sent).json()
    assert kept["name"] == "evil"
    assert not (ROOT.parent / "evil.csv").exists()


# through the server


@pytest.fixture
def small(server_factory):
    """A real server that takes files of a megabyte; it and its worker have loaded what they need, so that it counts."""
    server = server_factory(workers=1, max_dataset_bytes=MEGABYTE)
    call(server, "POST", "/runs", {})
    return server


def memory(server):
    processes = [psutil.Process(server.process.pid)]
    processes += processes[0].children(recursive=True)
    return sum(process.memory_info().rss for process in processes)


def send(server, head, pieces=()):
    """A request as raw bytes; answers its status line and body as far as they came."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        connection.sendall(head.replace("\n", "\r\n").encode())
        try:
            for piece in pieces:
                connection.sendall(piece)
        except OSError:
            pass  # the server has had enough
        answer = b""
        try:
            while piece := connection.recv(65536):
                answer += piece
                if b"\r\n\r\n" in answer and answer.rstrip().endswith(b"}"):
                    break
        except OSError:
            pass
    return answer.decode()


HEAD = """POST /api/v1/datasets/uploads HTTP/1.1
Host: localhost
Content-Type: multipart/form-data; boundary=x
{length}

"""


def test_ten_gigabytes_are_refused_when_they_are_announced(small):
    before = memory(small)
    answer = send(small, HEAD.format(length="Content-Length: 10737418240"))
    assert " 413 " in answer.splitlines()[0]
    problem = json.loads(answer.partition("\r\n\r\n")[2])
    assert "max_dataset_bytes" in problem["detail"]
    assert memory(small) - before < 20 * MEGABYTE


def test_a_body_of_unknown_length_is_cut_at_the_limit(small):
    before = memory(small)
    part = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
    piece = b"1,2,3,4,5,6,7,8\n" * 4096

    def chunks():
        yield b"%x\r\n%b\r\n" % (len(part), part)
        for _ in range(100):
            yield b"%x\r\n%b\r\n" % (len(piece), piece)
        yield b"0\r\n\r\n"

    answer = send(small, HEAD.format(length="Transfer-Encoding: chunked"), chunks())
    assert not answer or " 413 " in answer.splitlines()[0], answer
    assert memory(small) - before < 30 * MEGABYTE
    assert "200" in send(small, "GET /healthz HTTP/1.1\nHost: localhost\nConnection: close\n\n").splitlines()[0]
