"""The PDF of an application is fetched by its key, without a sign-in, and by nothing else."""

from pathlib import Path

import httpx
import pytest
from sqlalchemy import update

from core.activation.models import ActivationRequest, RequestState
from core.activation.submitting import SubmittedRequest
from core.activation.tracking import LOOKS
from core.db import transaction
from tests.core.activation.forms import KEY, city, submit
from tests.servers import Server


@pytest.fixture(scope="module")
def sent(inhabited: Path) -> SubmittedRequest:
    return submit(city())


def test_whoever_has_the_key_gets_the_document(sent: SubmittedRequest, portal: Server) -> None:
    answer = httpx.get(f"{portal.url}/pliki/wniosek/{KEY}")
    assert answer.status_code == 200
    assert answer.content == sent.document
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == f'attachment; filename="{sent.document_name}"'
    assert answer.headers["cache-control"] == "no-store, private"
    assert "default-src 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("key", ["x", "k" * 42, "%00", "..%2f..%2fvar", "1", "%F0%9F%8F%A0", "k" * 5000])
def test_other_keys_get_nothing(sent: SubmittedRequest, portal: Server, key: str) -> None:
    answer = httpx.get(f"{portal.url}/pliki/wniosek/{key}")
    assert answer.status_code in (400, 404)
    assert not answer.content.startswith(b"%PDF")


def test_dashboard_has_no_such_route(sent: SubmittedRequest, dashboard: Server) -> None:
    assert not httpx.get(f"{dashboard.url}/pliki/wniosek/{KEY}").content.startswith(b"%PDF")


def test_paper_that_has_arrived_is_not_given_out(sent: SubmittedRequest, portal: Server) -> None:
    with transaction() as session:
        session.execute(update(ActivationRequest).values(state=RequestState.FILED))
    assert httpx.get(f"{portal.url}/pliki/wniosek/{KEY}").status_code == 404
    with transaction() as session:
        session.execute(update(ActivationRequest).values(state=RequestState.SUBMITTED))


def test_limit_is_of_the_network_that_the_proxy_names(inhabited: Path, portal: Server) -> None:
    """The proxy on this machine appends whom it serves; what that one claims before it counts for nothing."""

    def ask(forwarded: str) -> int:
        url = f"{portal.url}/pliki/wniosek/{'z' * 43}"
        return httpx.get(url, headers={"X-Forwarded-For": forwarded}).status_code

    claimed = [ask(f"198.51.100.{turn}, 203.0.113.9") for turn in range(LOOKS + 1)]
    assert claimed == [404] * LOOKS + [429]
    assert ask("203.0.113.9, 198.51.100.77") == 404
