"""The attachment of a message over HTTP: its tenant's and the office's, a note's only the office's, and of nobody else."""

from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from core.accounts.models import PortalAccount
from core.clock import now
from core.db import transaction
from core.documents.storage import keep_bytes
from core.questions.models import Author, QuestionMessage, QuestionThread, SubjectKind, ThreadState
from tests.servers import Server
from tests.ui.conftest import staff_cookie, tenant_cookie


@pytest.fixture(scope="module")
def messages(inhabited: Path) -> tuple[int, int]:
    """A message of Anna's and a note of the office in the same thread, each with a file."""
    with transaction() as session:
        anna = session.scalars(select(PortalAccount.tenant_id).where(PortalAccount.login == "anna")).one()
        thread = QuestionThread(
            number="P/000001/2026",
            tenant_id=anna,
            subject_kind=SubjectKind.GENERAL,
            title="Pytanie",
            state=ThreadState.OPEN,
            opened_at=now(),
            waits_since=now(),
        )
        session.add(thread)
        session.flush()
        made = [
            QuestionMessage(
                thread_id=thread.id,
                author=author,
                internal=author is Author.OFFICE,
                body="Treść",
                written_at=now(),
                attachment_sha256=keep_bytes(f"%PDF-1.7 plan {author}".encode()),
                attachment_name="plan osiedla.pdf",
            )
            for author in (Author.TENANT, Author.OFFICE)
        ]
        session.add_all(made)
        session.flush()
        return made[0].id, made[1].id


def fetch(server: Server, number: int | str, cookie: str) -> httpx.Response:
    return httpx.get(f"{server.url}/pliki/pytanie/{number}", headers={"Cookie": cookie} if cookie else {})


def test_tenant_and_office_save_it_under_its_name(messages: tuple[int, int], portal: Server, dashboard: Server) -> None:
    for answer in (
        fetch(portal, messages[0], tenant_cookie("anna")),
        fetch(dashboard, messages[0], staff_cookie("ola")),
    ):
        assert (answer.status_code, answer.content) == (200, b"%PDF-1.7 plan tenant")
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.headers["content-disposition"].startswith("attachment; filename*=utf-8''plan%20osiedla.pdf")
        assert answer.headers["cache-control"] == "no-store, private"


def test_nobody_else_gets_it(messages: tuple[int, int], portal: Server, dashboard: Server) -> None:
    for server, cookie, status in (
        (portal, tenant_cookie("jan"), 404),
        (portal, staff_cookie("ola"), 403),
        (portal, "", 403),
        (dashboard, staff_cookie("ewa"), 404),  # an accountant answers no questions
        (dashboard, tenant_cookie("anna"), 403),
        (dashboard, "", 403),
    ):
        answer = fetch(server, messages[0], cookie)
        assert (answer.status_code, b"plan" in answer.content) == (status, False)


def test_file_of_a_note_is_not_its_tenants(messages: tuple[int, int], portal: Server, dashboard: Server) -> None:
    answer = fetch(portal, messages[1], tenant_cookie("anna"))
    assert (answer.status_code, b"plan" in answer.content) == (404, False)
    assert fetch(dashboard, messages[1], staff_cookie("ola")).content == b"%PDF-1.7 plan office"


def test_number_that_is_none_is_not_found(messages: tuple[int, int], portal: Server) -> None:
    for number in ("999999", "9" * 30):
        assert fetch(portal, number, tenant_cookie("anna")).status_code == 404, number
    for other in ("..%2F..%2Fx", "1%20OR%201=1"):
        assert b"plan" not in fetch(portal, other, tenant_cookie("anna")).content, other
