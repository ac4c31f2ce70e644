"""Reading an address that a person typed in: on the public internet only, a bounded while, a bounded size.

A name is resolved first and then connected to at the address found, so that what was checked is what is reached; each
redirect is checked anew. Proxies of the environment are not asked: they would reach what we may not.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import SplitResult, quote, urljoin, urlsplit

SECONDS = 10.0
MOST_REDIRECTS = 5
CHUNK = 65_536
REDIRECTS = (301, 302, 303, 307, 308)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")

Allowed = Callable[[str], bool]


class Unreachable(Exception):
    """The address gave nothing; the message says why, for people."""


def fetch(
    address: str, *, most_bytes: int, accept: str = "*/*", seconds: float = SECONDS, is_allowed: Allowed | None = None
) -> bytes:
    """What stands at an http(s) address. Raises Unreachable, within about `seconds`.

    `is_allowed` says of an IP address whether it may be connected to; by default whether it is a public one.
    """
    deadline = time.monotonic() + seconds
    for _ in range(MOST_REDIRECTS + 1):
        found = _ask(_split(address), accept, most_bytes, deadline, is_allowed or is_public)
        if isinstance(found, bytes):
            return found
        address = urljoin(address, found)
    raise Unreachable(f"It leads on to other addresses more than {MOST_REDIRECTS} times.")


def is_public(ip: str) -> bool:
    """Whether an IP address belongs to the public internet, whatever way it is written."""
    found = ipaddress.ip_address(ip.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        if inner := _inner(found):
            return is_public(str(inner))
        if found.sixtofour or found.teredo:  # tunnels to wherever they say
            return False
    closed = found.is_private or found.is_loopback or found.is_link_local or found.is_reserved or found.is_multicast
    return found.is_global and not closed and not found.is_unspecified


def _inner(found: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 address is another way to write."""
    return ipaddress.IPv4Address(int(found) & 0xFFFFFFFF) if found in _NAT64 else found.ipv4_mapped


def _split(address: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise Unreachable("This is no address.") from error
    if parts.scheme not in ("http", "https"):
        raise Unreachable("Only addresses that start with http:// or https:// are read.")
    if not parts.hostname or port == 0:
        raise Unreachable("This is no address.")
    if parts.username is not None or parts.password is not None:
        raise Unreachable("The address must not hold a user name or a password.")
    return parts


def _resolved(parts: SplitResult, is_allowed: Allowed) -> tuple[str, int]:
    """The IP address and port to connect to. Every address of the host must be allowed, not just one."""
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    try:
        found = [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError) as error:
        raise Unreachable(f"There is no host {host}.") from error
    if not found or not all(is_allowed(ip) for ip in found):
        raise Unreachable(f"The host {host} is not on the public internet; only public calendars are read.")
    return found[0], port


def _ask(parts: SplitResult, accept: str, most: int, deadline: float, is_allowed: Allowed) -> bytes | str:
    """The body, or where it leads on to."""
    where = _resolved(parts, is_allowed)
    try:
        with _connection(parts, where, deadline) as connection:
            path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
            query = f"?{quote(parts.query, safe='/%:@!$&()*+,;=~-._?')}" if parts.query else ""
            wanted = {"Host": parts.netloc, "Accept": accept, "Accept-Encoding": "identity", "Connection": "close"}
            connection.request("GET", path + query, headers=wanted)
            answer = _answered(connection.getresponse(), most)
            if time.monotonic() >= deadline:  # what was cut off may look like an end
                raise TimeoutError
            return answer
    except (OSError, http.client.HTTPException, ValueError) as error:
        if time.monotonic() >= deadline or isinstance(error, TimeoutError):
            raise Unreachable("The server took too long to answer.") from error
        if isinstance(error, ssl.SSLCertVerificationError):
            raise Unreachable("The server's certificate is not valid.") from error
        raise Unreachable("The server could not be reached, or broke off.") from error


@contextmanager
def _connection(parts: SplitResult, where: tuple[str, int], deadline: float) -> Iterator[http.client.HTTPConnection]:
    """Connected to the resolved address; cut off at the deadline, however slowly the server drips."""
    left = max(deadline - time.monotonic(), 0.001)
    link = socket.create_connection(where, timeout=left)
    cut = threading.Timer(left, _cut_off, [link])
    cut.daemon = True
    cut.start()
    try:
        if parts.scheme == "https":
            link = ssl.create_default_context().wrap_socket(link, server_hostname=parts.hostname)
            cut.args = [link]
        connection = http.client.HTTPConnection(where[0], where[1])
        connection.sock = link
        yield connection
    finally:
        cut.cancel()
        link.close()


def _cut_off(link: socket.socket) -> None:
    try:
        socket.socket.shutdown(link, socket.SHUT_RDWR)
    except OSError:
        return  # it has ended by itself


def _answered(answer: http.client.HTTPResponse, most: int) -> bytes | str:
    if answer.status in REDIRECTS and (onward := answer.headers.get("Location")):
        return str(onward)
    if answer.status != 200:
        raise Unreachable(f"The server answered {answer.status} {answer.reason}."[:200])
    if answer.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Unreachable("The server sent it compressed although it was asked not to.")
    body = bytearray()
    while chunk := answer.read(min(CHUNK, most + 1 - len(body))):
        body += chunk
        if len(body) > most:
            raise Unreachable(f"It is larger than {most / 1_000_000:.0f} MB.")
    if answer.length:  # what was promised and did not come
        raise http.client.IncompleteRead(bytes(body), answer.length)
    return bytes(body)
