"""Downloads, from a server of our own."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from protonet.data.datasets.download import download
from protonet.errors import DataError

CONTENT = bytes(range(256)) * 1000
MD5 = hashlib.md5(CONTENT).hexdigest()


class Handler(BaseHTTPRequestHandler):
    """/good/ serves the file, with ranges; /whole/ without; /wrong/ another one; /cut/ breaks
    off after half of what was asked for; /416/ and /503/ answer with that."""

    def do_GET(self) -> None:
        kind = self.path.split("/")[1]
        self.server.requests.append((kind, self.headers.get("Range")))
        if kind not in ("good", "whole", "wrong", "cut"):
            self.send_error(int(kind) if kind.isdigit() else 404)
            return
        body, start = CONTENT if kind != "wrong" else CONTENT[::-1], 0
        if self.headers.get("Range") and kind != "whole":
            start = int(self.headers["Range"][len("bytes=") : -1])
            if start >= len(body):
                self.send_error(416)
                return
        body = body[start:]
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if kind == "cut" else body)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as made:
        made.requests = []
        thread = threading.Thread(target=made.serve_forever, args=(0.01,))
        thread.start()
        yield made
        made.shutdown()
        thread.join()


def fetch(server: ThreadingHTTPServer, folder: Path, *kinds: str) -> list[tuple[str, str | None]]:
    """Download from these mirrors; returns what the server was asked for."""
    host = f"http://127.0.0.1:{server.server_port}"
    server.requests.clear()
    download({"file.gz": MD5}, [f"{host}/{kind}/" for kind in kinds], folder)
    assert (folder / "file.gz").read_bytes() == CONTENT
    assert [path.name for path in folder.iterdir()] == ["file.gz"]
    return server.requests


def test_a_file_that_is_there_is_not_fetched_again(
    server: ThreadingHTTPServer, tmp_path: Path
) -> None:
    assert fetch(server, tmp_path / "new", "good") == [("good", None)]
    assert fetch(server, tmp_path / "new", "good") == []
    (tmp_path / "new" / "file.gz").write_bytes(b"damaged")
    assert fetch(server, tmp_path / "new", "good") == [("good", None)]


@pytest.mark.parametrize("bad", ["none", "wrong"])
def test_goes_to_the_next_mirror(server: ThreadingHTTPServer, tmp_path: Path, bad: str) -> None:
    assert fetch(server, tmp_path, bad, "good") == [(bad, None), ("good", None)]


def test_goes_on_where_it_stopped(server: ThreadingHTTPServer, tmp_path: Path) -> None:
    (tmp_path / "file.gz.part").write_bytes(CONTENT[:1000])
    assert fetch(server, tmp_path, "good") == [("good", "bytes=1000-")]


def test_a_lost_connection_goes_on_elsewhere(server: ThreadingHTTPServer, tmp_path: Path) -> None:
    half = len(CONTENT) // 2
    assert fetch(server, tmp_path, "cut", "good") == [("cut", None), ("good", f"bytes={half}-")]


@pytest.mark.parametrize("bad", ["none", "503"])
def test_what_is_there_survives_a_server_that_fails(
    server: ThreadingHTTPServer, tmp_path: Path, bad: str
) -> None:
    (tmp_path / "file.gz.part").write_bytes(CONTENT[:1000])
    with pytest.raises(DataError, match=r"goes on where it stopped"):
        fetch(server, tmp_path, bad, bad)
    assert (tmp_path / "file.gz.part").read_bytes() == CONTENT[:1000]
    assert fetch(server, tmp_path, bad, "good") == [(bad, "bytes=1000-"), ("good", "bytes=1000-")]


def test_a_server_that_refuses_ranges_unasked(server: ThreadingHTTPServer, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"/416/file\.gz: HTTP Error 416"):
        fetch(server, tmp_path, "416")


def test_a_server_without_ranges_sends_all_again(
    server: ThreadingHTTPServer, tmp_path: Path
) -> None:
    (tmp_path / "file.gz.part").write_bytes(CONTENT[:1000])
    assert fetch(server, tmp_path, "whole") == [("whole", "bytes=1000-")]


def test_a_part_that_is_already_whole(server: ThreadingHTTPServer, tmp_path: Path) -> None:
    (tmp_path / "file.gz.part").write_bytes(CONTENT)
    assert fetch(server, tmp_path, "good") == [("good", f"bytes={len(CONTENT)}-")]


def test_all_mirrors_fail(server: ThreadingHTTPServer, tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        fetch(server, tmp_path, "none", "wrong")
    for words in ("/none/file.gz", "404", "/wrong/file.gz", "checksum", "--from"):
        assert words in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_progress_tells_every_byte(server: ThreadingHTTPServer, tmp_path: Path) -> None:
    (tmp_path / "file.gz.part").write_bytes(CONTENT[:1000])
    shown: list[object] = []

    class Bar:
        def __init__(self, *what: object) -> None:
            shown.append(what)
            self.sum = 0

        def __enter__(self):
            return self.add

        def add(self, amount: int) -> None:
            self.sum += amount

        def __exit__(self, *args: object) -> None:
            shown.append(self.sum)

    url = f"http://127.0.0.1:{server.server_port}/good"
    download({"file.gz": MD5}, [url], tmp_path, Bar)
    assert shown == [("file.gz", len(CONTENT), "B"), len(CONTENT)]
