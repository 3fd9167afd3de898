"""What one module of tests leaves behind, another does not see, although the servers of both are the same."""

from pathlib import Path

import httpx

from core.accounts.terms import publish_terms
from core.audit.models import Actor
from core.db import transaction
from tests.servers import Server
from tests.ui.conftest import EWA, as_they_were, staff_cookie
from tests.ws_client import client, texts


def test_running_server_goes_on_with_the_house_as_it_was(inhabited: Path, dashboard: Server) -> None:
    with client(dashboard.port, cookie=staff_cookie()) as ewa:
        assert EWA in texts(ewa.rerun())
        with transaction() as session:
            publish_terms(session, version="1.0", text="Zostaje po nas.", changes="", actor=Actor.CONSOLE)
        assert "Zostaje po nas." in httpx.get(f"{dashboard.url}/regulamin").text
        as_they_were(inhabited)
        assert "Zostaje po nas." not in httpx.get(f"{dashboard.url}/regulamin").text
        assert EWA not in texts(ewa.rerun())
    with client(dashboard.port, cookie=staff_cookie()) as again:
        assert EWA in texts(again.rerun())
