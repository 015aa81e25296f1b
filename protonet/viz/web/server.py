"""The server of a page: on this machine only, for who has the address with its secret word."""

from __future__ import annotations

import json
import secrets
import sys
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from ...errors import ProtonetError
from ...log import log
from .actions import ACTIONS, BadBody
from .page import assets, served_page, type_of
from .providers import PROVIDERS
from .viewed import Viewed

_LOOPBACK = "127.0.0.1"
_MOST = 32 << 20  # bytes of what a page may send
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class PageServer(ThreadingHTTPServer):
    """Serves one file's page until it is shut down.  OSError if the port is taken."""

    daemon_threads = True

    def __init__(self, viewed: Viewed, port: int = 0) -> None:
        self.viewed, self.token = viewed, secrets.token_urlsafe(24)
        self.turn = threading.Lock()  # nets compute for one thread at a time
        super().__init__((_LOOPBACK, port), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """One line of what went wrong; nothing of a browser that has gone."""
        error = sys.exc_info()[1]
        if not isinstance(error, ConnectionError):
            log.error("the page was not answered: %s: %s", type(error).__name__, error)

    @property
    def hosts(self) -> list[str]:
        """What a browser calls this server when it was not led here by another name."""
        return [f"{name}:{self.server_port}" for name in (_LOOPBACK, "localhost")]

    @property
    def address(self) -> str:
        return f"http://{self.hosts[0]}/{self.token}/"


class _Refused(Exception):
    def __init__(self, status: HTTPStatus, reason: str = "") -> None:
        super().__init__(reason or status.phrase)
        self.status = status


class _Handler(BaseHTTPRequestHandler):
    server: PageServer
    server_version, sys_version = "protonet", ""
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer(self._get)

    def do_POST(self) -> None:
        self._answer(self._post)

    def _answer(self, find: Any) -> None:
        try:
            content, kind, more = find(*self._question())
            status = HTTPStatus.OK
        except _Refused as refused:
            status, content = refused.status, str(refused).encode()
            kind, more = "text/plain", {}
        except (ProtonetError, OSError) as error:
            status, content = HTTPStatus.UNPROCESSABLE_ENTITY, str(error).encode("utf-8", "replace")
            kind, more = "text/plain", {}
        if status is not HTTPStatus.OK:
            self.close_connection = True  # what was sent may not have been read
        self.send_response(status)
        headers = {"Content-Type": f"{kind}; charset=utf-8", "Content-Length": str(len(content))}
        for name, value in {**headers, **_HEADERS, **more}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def _question(self) -> tuple[str, dict[str, str]]:
        """Path behind the secret word, and query."""
        if self.headers.get("Host") not in self.server.hosts:
            raise _Refused(HTTPStatus.FORBIDDEN)  # led here by a name of somebody else's
        url = urlsplit(self.path)
        token, slash, path = url.path.removeprefix("/").partition("/")
        if not slash or not secrets.compare_digest(token.encode(), self.server.token.encode()):
            raise _Refused(HTTPStatus.NOT_FOUND)
        return path, dict(parse_qsl(url.query))

    def _get(self, path: str, query: dict[str, str]) -> tuple[bytes, str, dict[str, str]]:
        viewed = self.server.viewed
        if path == "":
            nonce = secrets.token_urlsafe(16)
            with self.server.turn:
                viewed.refresh()
                page, policy = served_page(viewed.document(), nonce)
            return page, "text/html", {"Content-Security-Policy": policy}
        name = path.removeprefix("static/")
        if name != path and name in assets():
            return assets()[name], type_of(name), {}
        if path in PROVIDERS:
            with self.server.turn:
                return _json(PROVIDERS[path].answer(viewed, query))
        raise _Refused(HTTPStatus.NOT_FOUND)

    def _post(self, path: str, query: dict[str, str]) -> tuple[bytes, str, dict[str, str]]:
        if self.headers.get("Origin") not in [f"http://{host}" for host in self.server.hosts]:
            raise _Refused(HTTPStatus.FORBIDDEN)
        action = ACTIONS.get(path)
        if action is None:
            raise _Refused(HTTPStatus.NOT_FOUND)
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > _MOST:
            raise _Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        try:
            body = json.loads(self.rfile.read(int(length)))
            with self.server.turn:
                return _json(action(self.server.viewed, body))
        except (json.JSONDecodeError, UnicodeDecodeError, BadBody):
            raise _Refused(HTTPStatus.BAD_REQUEST) from None

    def log_message(self, format: str, *args: object) -> None:
        """Silence: the terminal has the address, and nothing pushes it away."""


def _json(data: Any) -> tuple[bytes, str, dict[str, str]]:
    return json.dumps(data).encode(), "application/json", {}
