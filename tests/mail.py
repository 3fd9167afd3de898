"""A real SMTP server for tests, which fails as often as it is told to."""

import email
import random
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import default
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.servers import free_port

PATIENCE = 60  # seconds for a message to come
FAILURES = ("451 4.3.0 try again", "421 4.4.2 closing", "452 4.2.2 full")


class Postman:
    """Keeps what it takes; refuses a share of the messages, some of them after having them all."""

    def __init__(self, *, failing: float = 0.0, unknown: frozenset[str] = frozenset()) -> None:
        self.failing = failing
        self.unknown = unknown
        self.taken: list[EmailMessage] = []
        self.users: list[bytes] = []
        self.encrypted: list[bool] = []
        self._random = random.Random(7)

    def letter(self, subject: str, *, to: str) -> EmailMessage:
        """The newest message with this in its subject, once it has come."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            message: EmailMessage
            for message in reversed(self.taken):
                if subject in str(message["Subject"]) and message["To"] == to:
                    return message
            time.sleep(0.2)
        raise AssertionError(f"no mail about {subject!r}: {[one['Subject'] for one in self.taken]}")

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.unknown:
            return "550 5.1.1 no such user"
        if self._random.random() < self.failing / 2:
            return self._random.choice(FAILURES)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self._random.random() < self.failing / 2:
            return self._random.choice(FAILURES)
        content = cast("bytes", envelope.content)
        self.taken.append(email.message_from_bytes(content, policy=default))
        self.encrypted.append(session.ssl is not None)
        return "250 OK"

    def authenticate(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        login = cast("LoginPassword", data)
        right = (login.login, login.password) == (b"iok", b"tajne:/@")
        if right:
            self.users.append(login.login)
        return AuthResult(success=right, handled=False)


def words(message: EmailMessage) -> str:
    """The plain text of a message."""
    body = message.get_body(("plain",))
    assert body is not None
    return "\n".join(str(body.get_content()).splitlines())


@contextmanager
def smtp_server(postman: Postman, *, tls: ssl.SSLContext | None = None, ask: bool = False) -> Iterator[str]:
    """Run the server; yields `host:port`."""
    controller = Controller(
        postman,
        hostname="127.0.0.1",
        port=free_port(),
        tls_context=tls,
        require_starttls=tls is not None,
        auth_required=ask,
        authenticator=postman.authenticate if ask else None,
        auth_require_tls=True,
    )
    controller.start()
    try:
        yield f"127.0.0.1:{controller.port}"
    finally:
        controller.stop()
