"""A rendered message in its envelope."""

import hashlib
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from core.documents.storage import kept_file
from core.outbox.templates import Rendered


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
    made = EmailMessage(policy=SMTP)
    name, address = parseaddr(sender)
    made["From"] = Address(name, addr_spec=address)
    made["To"] = Address(addr_spec=recipient)
    made["Subject"] = rendered.subject
    made["Date"] = format_datetime(written_at)
    made["Message-ID"] = message_id(key, address)
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(rendered.text)
    made.add_alternative(rendered.html, subtype="html")
    if attachment is not None:
        sha256, file_name = attachment
        content = kept_file(sha256).read_bytes()
        made.add_attachment(content, maintype="application", subtype="pdf", filename=file_name)
    made["Content-Language"] = "pl"  # at the end: contents take such headers along
    return made


def message_id(key: str, sender: str) -> str:
    """`<…@domain>`: the same for the same key."""
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{sender.rpartition('@')[2]}>"
