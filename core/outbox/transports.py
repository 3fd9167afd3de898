"""Where messages go: to an SMTP server, or into files for an installation that has none."""

import os
import smtplib
import ssl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from core.settings import settings

TIMEOUT = 30  # seconds


class Transport(Protocol):
    """Takes messages one by one; an exception means that this one was not taken."""

    def send(self, message: EmailMessage) -> None:
        """Hand one message over."""


class FileTransport:
    """Writes each message as an `.eml` file; a name says when, and the Message-ID makes it one of its kind."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, message: EmailMessage) -> None:
        """Write the message, whole or not at all."""
        self.folder.mkdir(parents=True, exist_ok=True)
        name = message["Message-ID"].strip("<>").partition("@")[0]
        with tempfile.NamedTemporaryFile(dir=self.folder, suffix=".part", delete=False) as out:
            out.write(bytes(message))
            out.flush()
            os.fsync(out.fileno())
        Path(out.name).replace(self.folder / f"{name}.eml")


class SmtpTransport:
    """One connection to an SMTP server for a run of messages, made anew when it breaks."""

    def __init__(self, url: str) -> None:
        self._url = urlsplit(url)
        self._starttls = parse_qs(self._url.query).get("starttls") == ["1"]
        self._server: smtplib.SMTP | None = None

    def send(self, message: EmailMessage) -> None:
        """Hand the message to the server. Raises smtplib.SMTPException or OSError."""
        if self._server is None:
            self._server = self._connect()
        try:
            self._server.send_message(message)
        except smtplib.SMTPServerDisconnected:
            self.close()
            raise
        except smtplib.SMTPException:
            with suppress(smtplib.SMTPException, OSError):
                self._server.rset()
            raise
        except OSError:
            self.close()
            raise

    def close(self) -> None:
        """End the connection, politely where it still lives."""
        if self._server is not None:
            with suppress(smtplib.SMTPException, OSError):
                self._server.quit()
            self._server.close()
            self._server = None

    def _connect(self) -> smtplib.SMTP:
        host, port = self._url.hostname or "localhost", self._url.port
        context = ssl.create_default_context()
        if self._url.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, port or 465, timeout=TIMEOUT, context=context)
        else:
            server = smtplib.SMTP(host, port or 25, timeout=TIMEOUT)
        try:
            if self._starttls:
                server.starttls(context=context)
            if self._url.username:
                server.login(unquote(self._url.username), unquote(self._url.password or ""))
        except BaseException:
            server.close()
            raise
        return server


@contextmanager
def transport() -> Iterator[Transport]:
    """The transport this installation is set to."""
    url = settings().smtp_url
    if url is None:
        yield FileTransport(settings().var / "mail")
        return
    smtp = SmtpTransport(url)
    try:
        yield smtp
    finally:
        smtp.close()
