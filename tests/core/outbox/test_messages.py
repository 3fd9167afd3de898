"""A message holds what it was given, each header its own, whatever somebody wrote into a form."""

import email
from email.message import EmailMessage
from email.policy import default

import pytest

from core.clock import now
from core.documents.storage import hash_file, keep_file
from core.outbox.messages import INNER, OUTER, message
from core.outbox.templates import Rendered
from core.settings import settings


def sent(
    text: str = "Dzień dobry", *, recipient: str = "anna@example.com", key: str = "k", **given: object
) -> EmailMessage:
    """The message as whoever gets it reads it."""
    made = message(
        Rendered("Temat", text, f"<p>{text}</p>"),
        sender="Portal <portal@example.com>",
        recipient=recipient,
        key=key,
        written_at=now(),
        **given,  # type: ignore[arg-type]
    )
    return email.message_from_bytes(bytes(made), policy=default)


def part(read: EmailMessage, kind: str) -> str:
    found = read.get_body((kind,))
    assert found is not None
    return str(found.get_content()).replace("\r\n", "\n")


@pytest.mark.parametrize("line", [f"--{INNER}", f"--{INNER}--", f"--{OUTER}--", "From nobody", ".", "zażółć " * 60])
def test_no_line_of_a_text_ends_a_part(line: str) -> None:
    text = f"przed\n{line}\npo"
    read = sent(text)
    assert part(read, "plain") == f"{text}\n"
    assert part(read, "html") == f"<p>{text}</p>\n"
    assert len(list(read.walk())) == 3


def test_attachment_is_whole_beside_the_text(database: str) -> None:
    file = settings().var / "a.pdf"
    file.write_bytes(b"%PDF-1.7 \xff\x00")
    sha256 = hash_file(file)
    keep_file(file, sha256)
    read = sent(f"--{OUTER}--", attachment=(sha256, "wniosek.pdf"))
    assert part(read, "plain").strip() == f"--{OUTER}--"
    attached = list(read.iter_attachments())
    assert [(one.get_filename(), one.get_content()) for one in attached] == [("wniosek.pdf", b"%PDF-1.7 \xff\x00")]


def test_headers_of_one_message_are_not_those_of_the_next() -> None:
    first, second = sent(recipient="anna@example.com", key="1"), sent(recipient="jan@example.com", key="2")
    assert (first["To"], second["To"]) == ("anna@example.com", "jan@example.com")
    assert first["Message-ID"] != second["Message-ID"]
    assert first["From"] == second["From"] == "Portal <portal@example.com>"
    assert {first["Content-Language"], second["Content-Language"]} == {"pl"}


@pytest.mark.parametrize("recipient", ["anna@example.com\nBcc: jan@example.com", "anna@example.com, jan@example.com"])
def test_address_that_is_more_than_one_address_is_refused(recipient: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (the library words it in several ways)
        sent(recipient=recipient)
