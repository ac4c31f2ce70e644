"""A real SMTP server in a thread of the test, whose manners can be changed while it runs."""

from __future__ import annotations

import asyncio
import email
import socket
from collections import Counter
from dataclasses import dataclass, field
from email.message import Message
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session


@dataclass(frozen=True)
class Accepted:
    """A mail that the server has said yes to, or meant to."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes

    @property
    def message(self) -> Message:
        return email.message_from_bytes(self.content)

    @property
    def message_id(self) -> str:
        return str(self.message["Message-ID"])


class Line(SMTP):
    def eof_received(self) -> bool:
        """A caller who was killed has left: aiosmtpd would keep its side of the line open."""
        super().eof_received()
        return False


class Counters(Controller):
    def factory(self) -> SMTP:
        """With a name of its own: to look up this machine's for each caller takes long."""
        return Line(self.handler, hostname="post.test", auth_require_tls=False, authenticator=self.handler.authenticate)


@dataclass
class PostOffice:
    """Use as a context. `accepted` is what arrived.

    The points at which it can misbehave are `RCPT` (before it has the mail), `DATA` (it has it and answers nothing) and
    `ACCEPTED` (it has kept it and answers nothing).
    """

    answers: dict[str, list[str]] = field(default_factory=dict)  # point → what it says there first, then it is kind
    refuses: dict[str, str] = field(default_factory=dict)  # address → what it says to RCPT, always
    silent_at: str = ""
    hangs_up_at: str = ""
    lets_nobody_in: bool = False
    takes: float = 0  # seconds until it answers that it has a mail
    accepted: list[Accepted] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.port = free_port()
        self._controller = Counters(self, "127.0.0.1", self.port)

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    @property
    def message_ids(self) -> Counter[str]:
        """How often each mail arrived."""
        return Counter(accepted.message_id for accepted in list(self.accepted))

    @property
    def recipients(self) -> list[str]:
        return [address for accepted in self.accepted for address in accepted.recipients]

    def authenticate(self, *_: Any) -> AuthResult:
        return AuthResult(success=not self.lets_nobody_in, handled=False)

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if answer := await self._misbehaved("MAIL", server):
            return answer
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if answer := self.refuses.get(address) or await self._misbehaved("RCPT", server):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if answer := await self._misbehaved("DATA", server):
            return answer
        assert isinstance(envelope.content, bytes)
        self.accepted.append(Accepted(envelope.mail_from or "", tuple(envelope.rcpt_tos), envelope.content))
        await asyncio.sleep(self.takes)
        return await self._misbehaved("ACCEPTED", server) or "250 OK"

    async def _misbehaved(self, point: str, server: SMTP) -> str:
        if self.hangs_up_at == point:
            server.transport.abort()
        if point in (self.silent_at, self.hangs_up_at):
            await asyncio.sleep(3600)
        return self.answers[point].pop(0) if self.answers.get(point) else ""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
