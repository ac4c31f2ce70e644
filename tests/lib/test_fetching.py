"""Reading foreign addresses: only public ones, whatever they are called or lead to; bounded in time and size."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from lacelux.lib.fetching import Unreachable, fetch, is_public

BODY = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"


class Answers(BaseHTTPRequestHandler):
    """`/ok`, `/to?ADDRESS`, `/404`, `/large`, `/endless`, `/drip`, `/short`, `/packed`."""

    def do_GET(self) -> None:
        self.server.asked.append((self.path, self.headers["Host"]))  # type: ignore[attr-defined]
        name = self.path.partition("?")[0].lstrip("/")
        getattr(self, f"say_{name}", self.say_404)()

    def say(self, body: bytes, **headers: str) -> None:
        self.send_response(200)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        for header, value in ({"Content-Length": str(len(body))} | named).items():
            self.send_header(header, value)
        self.end_headers()
        self.wfile.write(body)

    def say_ok(self) -> None:
        self.say(BODY)

    def say_to(self) -> None:
        self.send_response(302)
        self.send_header("Location", self.path.partition("?")[2])
        self.end_headers()

    def say_404(self) -> None:
        self.send_error(404)

    def say_large(self) -> None:
        self.say(b"x" * 2_000)

    def say_endless(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.pour(b"x" * 1_000, pause=0)

    def say_drip(self) -> None:
        """A header that never ends, one letter at a time: each arrives long before any time-out of its own."""
        self.pour(b"HTTP/1.0 200 OK\r\nX-Slow: ", pause=0, times=1)
        self.pour(b"x", pause=0.05)

    def pour(self, part: bytes, *, pause: float, times: int = 200) -> None:
        try:
            for _ in range(times):
                self.wfile.write(part)
                time.sleep(pause)
        except OSError:
            return

    def say_short(self) -> None:
        self.say(BODY, Content_Length="5000")

    def say_packed(self) -> None:
        self.say(BODY, Content_Encoding="gzip")

    def log_message(self, *args: Any) -> None:
        """Quiet."""


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    found = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    found.asked = []  # type: ignore[attr-defined]
    thread = threading.Thread(target=found.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield found
    found.shutdown()
    found.server_close()
    thread.join()


Get = Callable[..., bytes]


@pytest.fixture
def get(server: ThreadingHTTPServer) -> Get:
    """`get("ok")`: from the local server, which is let through for once."""

    def ask(path: str, most: int = 1_000, seconds: float = 5) -> bytes:
        address = f"http://127.0.0.1:{server.server_port}/{path}"
        return fetch(address, most_bytes=most, seconds=seconds, is_allowed=lambda ip: ip == "127.0.0.1")

    return ask


def test_what_stands_at_an_address_is_read(get: Get, server: ThreadingHTTPServer) -> None:
    assert get("ok") == BODY
    assert server.asked == [("/ok", f"127.0.0.1:{server.server_port}")]  # type: ignore[attr-defined]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0.0.0.0", "[::1]", "[::ffff:127.0.0.1]", "2130706433"])
def test_this_machine_is_not_asked_by_any_of_its_names(server: ThreadingHTTPServer, host: str) -> None:
    with pytest.raises(Unreachable):
        fetch(f"http://{host}:{server.server_port}/ok", most_bytes=1_000)
    assert server.asked == []  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "ip",
    [
        *(
            "127.0.0.1",
            "127.9.9.9",
            "0.0.0.0",
            "10.0.0.1",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
        ),
        *("224.0.0.1", "240.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1"),
        *("::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1"),
    ],
)
def test_closed_addresses_are_not_public(ip: str) -> None:
    assert not is_public(ip)


@pytest.mark.parametrize("ip", ["1.1.1.1", "93.184.216.34", "2606:4700:4700::1111", "::ffff:1.1.1.1"])
def test_open_addresses_are_public(ip: str) -> None:
    assert is_public(ip)


def test_one_closed_address_among_several_is_enough_to_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    both = [(0, 0, 0, "", ("1.1.1.1", 80)), (0, 0, 0, "", ("127.0.0.1", 80))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **more: both)
    with pytest.raises(Unreachable, match=r"calendar\.example is not on the public internet"):
        fetch("http://calendar.example/", most_bytes=1_000)


def test_what_was_checked_is_what_is_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that answers differently the second time is asked once."""
    asked: list[str] = []
    connected: list[Any] = []

    def resolve(host: str, *args: Any, **more: Any) -> list[Any]:
        asked.append(host)
        return [(0, 0, 0, "", ("1.1.1.1" if len(asked) == 1 else "127.0.0.1", 80))]

    def connect(where: Any, **more: Any) -> None:
        connected.append(where)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(Unreachable):
        fetch("http://calendar.example/", most_bytes=1_000)
    assert (asked, connected) == (["calendar.example"], [("1.1.1.1", 80)])


def test_a_redirect_is_followed_and_checked_anew(get: Get, server: ThreadingHTTPServer) -> None:
    assert get("to?/ok") == BODY
    assert get(f"to?http://127.0.0.1:{server.server_port}/ok") == BODY
    before = len(server.asked)  # type: ignore[attr-defined]
    for onward in ("http://127.0.0.2:1/", "http://[::1]:1/", "http://169.254.169.254/latest/", "http://localhost.:1/"):
        with pytest.raises(Unreachable, match=r"public internet|no host|no address"):
            get(f"to?{onward}")
    for onward in ("file:///etc/passwd", "ftp://example.com/", "gopher://127.0.0.1/"):
        with pytest.raises(Unreachable, match="http://"):
            get(f"to?{onward}")
    assert len(server.asked) == before + 7  # type: ignore[attr-defined]


def test_a_circle_of_redirects_ends(get: Get, server: ThreadingHTTPServer) -> None:
    with pytest.raises(Unreachable, match="more than 5 times"):
        get(f"to?http://127.0.0.1:{server.server_port}/to?/to?/to?/to?/to?/to?/ok")
    assert len(server.asked) == 6  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("file:///etc/passwd", "http://"),
        ("ftp://example.com/a.ics", "http://"),
        ("javascript:alert(1)", "http://"),
        ("calendar.ics", "http://"),
        ("", "http://"),
        ("http://", "no address"),
        ("http://[::1", "no address"),
        ("http://example.com:99999/", "no address"),
        ("http://anna:secret@example.com/", "user name"),
        ("http://no-such-host.invalid/a.ics", "no host no-such-host.invalid"),
        (f"http://{'a' * 300}.com/", "no host"),
    ],
)
def test_what_is_no_address_is_refused_in_words(address: str, reason: str) -> None:
    with pytest.raises(Unreachable, match=reason):
        fetch(address, most_bytes=1_000)


def test_a_header_cannot_be_smuggled_into_the_question(get: Get, server: ThreadingHTTPServer) -> None:
    with pytest.raises(Unreachable):
        get("ok%0d%0a\r\nX-Evil: 1 HTTP/1.0\r\n\r\n/../../404")
    assert all("X-Evil: 1" not in path for path, _ in server.asked)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("404", "answered 404"),
        ("large", "larger than"),
        ("endless", "larger than"),
        ("short", "broke off"),
        ("packed", "compressed"),
    ],
)
def test_answers_that_are_no_good_are_named(get: Get, path: str, reason: str) -> None:
    with pytest.raises(Unreachable, match=reason):
        get(path)


def test_a_server_that_drips_is_cut_off(get: Get) -> None:
    started = time.monotonic()
    with pytest.raises(Unreachable, match="too long"):
        get("drip", seconds=0.4)
    assert time.monotonic() - started < 3


def test_a_server_that_says_nothing_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        with pytest.raises(Unreachable, match="too long"):
            fetch(address, most_bytes=1_000, seconds=0.3, is_allowed=lambda ip: True)
