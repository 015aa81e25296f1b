"""The server: who gets what, and who does not."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from protonet.net.types import read_definition
from protonet.proto.text import Text
from protonet.viz.web.page import assets
from protonet.viz.web.server import PageServer
from protonet.viz.web.viewed import Read, State, Tools, opened

from ..nets import INPUT, conv


def read(text: str, file: str) -> Read:
    return Read([State("TEST", read_definition(Text(text, file), partial=True))])


@pytest.fixture
def server(tmp_path: Path) -> Iterator[PageServer]:
    path = tmp_path / "net.prototxt"
    path.write_text(INPUT + conv("a", "data"))
    tools = Tools(read, lambda text, file: [], lambda name: "")
    with PageServer(opened(str(path), tools, {})) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def ask(server: PageServer, path: str, method: str = "GET", body: object = None, **headers: str):
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    content = json.dumps(body or {}) if method == "POST" else None
    connection.request(method, path, body=content, headers=headers)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer, content


def test_the_page_and_its_policy(server):
    answer, content = ask(server, f"/{server.token}/")
    assert answer.status == 200 and b'"conv' not in content.split(b'id="content"')[0]
    policy = dict(
        part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["connect-src"] == "'self'"
    for word in ("unsafe", "http:", "https:", "*"):
        assert word not in str(policy)
    assert "data:" not in policy["script-src"]
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_scripts_and_styles(server):
    answer, content = ask(server, f"/{server.token}/static/layout/ranks.js")
    assert answer.status == 200 and content == assets()["layout/ranks.js"]
    assert answer.headers["Content-Type"].startswith("text/javascript")


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/{token}",  # addresses in the page would lead elsewhere
        "/{token}x/",
        "/wrong/",
        "/{token}/static/index.html",
        "/{token}/static/../page.py",
        "/{token}/static/%2e%2e/page.py",
        "/{token}/static//etc/passwd",
        "/{token}/etc/passwd",
        "/{token}/net.prototxt",
        "/static/main.js",
        "/\udce9/",
    ],
)
def test_nothing_else(server, path):
    wanted = path.format(token=server.token).encode("latin-1", "replace").decode("latin-1")
    answer, content = ask(server, wanted)
    assert answer.status == 404
    assert content == b"Not Found"


def test_only_by_its_own_name(server):
    """A name of somebody else's that leads to this machine: DNS rebinding."""
    for host in ("evil.example", f"evil.example:{server.server_port}", "127.0.0.1", ""):
        assert ask(server, f"/{server.token}/", Host=host)[0].status == 403
    assert ask(server, f"/{server.token}/", Host=f"localhost:{server.server_port}")[0].status == 200


def test_posts_from_elsewhere_are_refused(server):
    for origin in ({}, {"Origin": "http://evil.example"}, {"Origin": "null"}):
        assert ask(server, f"/{server.token}/parse", "POST", **origin)[0].status == 403


def test_it_listens_on_this_machine_only(server):
    assert server.server_address[0] == "127.0.0.1"
    assert len(server.token) >= 32


def test_the_document_is_in_the_page(server):
    _, content = ask(server, f"/{server.token}/")
    text = content.decode().split('id="content">', 1)[1].split("</script>", 1)[0]
    document = json.loads(text)["document"]
    assert [layer["name"] for layer in document["nets"][0]["layers"]] == ["data", "a", "a_relu"]
    assert document["nets"][0]["hosts"] == [0, 1, 1]


def send(server: PageServer, action: str, **body: object):
    origin = server.address.removesuffix(f"/{server.token}/")
    answer, content = ask(server, f"/{server.token}/{action}", "POST", body, Origin=origin)
    return answer.status, content.decode()


def test_a_text_is_read_anew_and_saved(server):
    path = Path(server.viewed.file)
    before = path.read_text()
    text = before + conv("b", "a")
    status, content = send(server, "parse", text=text)
    document = json.loads(content)
    assert status == 200 and document["nets"][0]["layers"][-1]["name"] == "b_relu"
    assert not document["saved"] and path.read_text() == before
    assert send(server, "save", text=text)[0] == 200
    assert path.read_text() == text
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_ends_of_lines_and_bytes_stay_as_they_are(server):
    path = Path(server.viewed.file)
    path.write_bytes(b"# caf\xe9\r\n" + INPUT.replace("\n", "\r\n").encode())
    ask(server, f"/{server.token}/")  # reloads it
    text = server.viewed.text
    assert "\r" not in text and text.startswith("# caf\udce9")
    assert send(server, "save", text=text + "# end\n")[0] == 200
    assert path.read_bytes().startswith(b"# caf\xe9\r\n") and path.read_bytes().endswith(
        b"# end\r\n"
    )


def test_what_somebody_else_wrote_is_not_lost(server):
    path = Path(server.viewed.file)
    path.write_text("# mine\n")
    status, content = send(server, "save", text="# yours\n")
    assert status == 422 and "has changed since" in content and path.read_text() == "# mine\n"


def test_a_text_of_no_file_is_not_saved(server):
    path = Path(server.viewed.file)
    before = path.read_text()
    status, content = send(server, "open", name="../../net.prototxt", text=INPUT)
    assert status == 200 and json.loads(content)["file"] == "net.prototxt"
    assert send(server, "save", text="# no\n")[0] == 422
    assert path.read_text() == before


@pytest.mark.parametrize("body", [{}, {"text": 3}, {"name": "x"}])
def test_what_no_page_of_ours_sends(server, body):
    for action in ("parse", "save", "open"):
        assert send(server, action, **body)[0] == 400
    assert send(server, "delete", text="")[0] == 404
