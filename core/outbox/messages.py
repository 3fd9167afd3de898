"""A rendered message in its envelope."""

import hashlib
from datetime import datetime
from email.headerregistry import Address, HeaderRegistry
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from functools import lru_cache
from typing import Any

from core.documents.storage import kept_file
from core.outbox.templates import Rendered


class _Headers(HeaderRegistry):
    """Parses the headers that all messages share once, not for every message: that was most of the work on one."""

    def __call__(self, name: str, value: Any) -> Any:
        return _shared(name, str(value)) if name.lower() in SHARED else super().__call__(name, value)

    def __getitem__(self, name: str) -> Any:
        return _kind(name)  # the registry's own would make a class for every header of every message


@lru_cache(maxsize=32)
def _shared(name: str, value: str) -> Any:
    return _ORIGINAL(name, value)


@lru_cache(maxsize=32)
def _kind(name: str) -> Any:
    return _ORIGINAL[name]


_ORIGINAL = HeaderRegistry()
SHARED = {"from", "auto-submitted", "mime-version", "content-type", "content-transfer-encoding", "content-language"}
POLICY = SMTP.clone(header_factory=_Headers())
# "=_" is in no text that is quoted-printable or base64, so nothing that anybody wrote ends a part.
INNER, OUTER = "=_iok-alternative", "=_iok-mixed"


def message(
    rendered: Rendered,
    *,
    sender: str,
    recipient: str,
    key: str,
    written_at: datetime,
    attachment: tuple[str, str] | None = None,
) -> EmailMessage:
    """The message as it is sent. `key` makes its Message-ID: the same message sent twice can be told by it.

    `attachment` is the SHA-256 of a kept file and its name. Raises ValueError for an address that is none, NotFoundError
    for a file that is gone.
    """
    made = EmailMessage(policy=POLICY)
    name, address = parseaddr(sender)
    made["From"] = Address(name, addr_spec=address)
    made["To"] = Address(addr_spec=recipient)
    made["Subject"] = rendered.subject
    made["Date"] = format_datetime(written_at)
    made["Message-ID"] = message_id(key, address)
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(rendered.text, cte="quoted-printable")
    made.make_alternative(INNER)
    made.add_alternative(rendered.html, subtype="html", cte="quoted-printable")
    if attachment is not None:
        sha256, file_name = attachment
        made.make_mixed(OUTER)
        content = kept_file(sha256).read_bytes()
        made.add_attachment(content, maintype="application", subtype="pdf", filename=file_name)
    made["Content-Language"] = "pl"  # at the end: contents take such headers along
    return made


def message_id(key: str, sender: str) -> str:
    """`<…@domain>`: the same for the same key."""
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{sender.rpartition('@')[2]}>"
