"""During a technical pause both services answer with one page, and what needs no database answers as ever."""

from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest

from core.clock import now
from core.maintenance import end_pause, start_pause
from tests.servers import Server
from tests.ui.conftest import tenant_cookie
from tests.ws_client import client, texts
from ui.router import PAUSE


@pytest.fixture(params=["portal", "dashboard"])
def paused(request: pytest.FixtureRequest) -> Iterator[Server]:
    server: Server = request.getfixturevalue(request.param)
    start_pause(now() + timedelta(minutes=30))
    yield server
    end_pause()


@pytest.mark.parametrize(
    "path", ["/", "/logowanie", "/finanse", "/regulamin", "/media/x", "/_stcore/metrics", "/nie-ma"]
)
def test_every_address_says_that_there_is_a_pause(paused: Server, path: str) -> None:
    answer = httpx.get(paused.url + path)
    assert answer.status_code == 503
    assert 1700 < int(answer.headers["retry-after"]) <= 1800
    assert answer.headers["cache-control"] == "no-store"
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert "<h1>Przerwa techniczna</h1>" in answer.text
    assert "Potrwa do:" in answer.text
    assert "tel:" in answer.text
    assert "<script" not in answer.text


@pytest.mark.parametrize("path", ["/healthz", "/_stcore/health", "/dostepnosc", "/rodo"])
def test_what_needs_no_database_answers_as_ever(paused: Server, path: str) -> None:
    assert httpx.get(paused.url + path).status_code == 200


def test_style_of_the_page_is_there(paused: Server) -> None:
    page = httpx.get(paused.url).text
    style = page.split('<link rel="stylesheet" href="')[1].split('"')[0]
    assert httpx.get(paused.url + style).status_code == 200


def test_open_page_says_it_too_and_goes_on_afterwards(portal: Server) -> None:
    with client(portal.port, cookie=tenant_cookie()) as anna:
        assert PAUSE not in texts(anna.rerun())
        start_pause()
        try:
            assert PAUSE in texts(anna.rerun())
        finally:
            end_pause()
        assert PAUSE not in texts(anna.rerun())
    assert httpx.get(portal.url).status_code == 200
