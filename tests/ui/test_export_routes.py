"""Exports over HTTP: to whom a file is given, and what a machine with a token gets."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from core.access.models import ThrottleEvent
from core.accounts.sign_in import operator_scope
from core.clock import now
from core.db import transaction
from core.exports.machines import LIMIT, add_consumer, openapi
from core.exports.models import ApiConsumer
from core.exports.readings import Exported, ReadingOrder, export_readings
from core.meters.reviewing import reject_reading
from tests.cast import make_building, make_district, make_meter, make_premises, make_reading, make_tenancy, make_tenant
from tests.servers import Server
from tests.ui.conftest import staff_cookie, tenant_cookie


class Made:
    """Two deltas, the second of which says that a reading of the first stands no more; tokens of two machines."""

    def __init__(self, session: Session) -> None:
        premises = make_premises(session, building=make_building(session, district=make_district(session)))
        make_tenancy(session, make_tenant(session, "Maria"), tenancy_no="U/77", premises=premises)
        meter = make_meter(session, premises)
        make_reading(session, meter, "2026-01-10", "5")
        second = make_reading(session, meter, "2026-02-10", "7.5")
        self.first: Exported = export_readings(session, operator_scope(), order=ReadingOrder(since_last=True))
        session.expire_all()
        reject_reading(session, operator_scope(), reading_id=second.id, reason="Zły licznik.")
        export_readings(session, operator_scope(), order=ReadingOrder(since_last=True))
        self.rejected = second.id
        self.token = add_consumer(session, operator_scope(), name="Rozliczenia", token_scope="readings")
        self.masked = add_consumer(session, operator_scope(), name="Analizy", token_scope="readings:pseudonymous")


@pytest.fixture(scope="module")
def made(inhabited: Path) -> Made:
    with transaction() as session:
        return Made(session)


@pytest.fixture(autouse=True)
def _forget_uses(made: Made) -> None:
    with transaction() as session:
        session.execute(delete(ThrottleEvent))


def ask(server: Server, query: str = "", *, token: str | None = None) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
    return httpx.get(f"{server.url}/api/exports/readings{query}", headers=headers)


def lines(answer: httpx.Response) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    return [json.loads(line) for line in answer.text.splitlines()]


def test_file_is_given_byte_for_byte_to_who_may_see_it(made: Made, dashboard: Server) -> None:
    url = f"{dashboard.url}/pliki/eksport/{made.first.export_id}"
    given = httpx.get(url, headers={"Cookie": staff_cookie("ewa")})
    assert given.status_code == 200
    assert made.first.file_name in given.headers["content-disposition"]
    assert given.headers["cache-control"] == "no-store, private"
    assert given.content.startswith("\ufeffid_odczytu;".encode())
    for cookie, status in ((staff_cookie("ola"), 404), ("", 403), (tenant_cookie(), 403), ("iok_pracownik=x", 403)):
        refused = httpx.get(url, headers={"Cookie": cookie} if cookie else {})
        assert (refused.status_code, b"id_odczytu" in refused.content) == (status, False), cookie
    assert httpx.get(f"{dashboard.url}/pliki/eksport/999", headers={"Cookie": staff_cookie("ewa")}).status_code == 404


def test_portal_has_no_such_routes(made: Made, portal: Server) -> None:
    for path in (f"/pliki/eksport/{made.first.export_id}", "/api/exports/readings"):
        answer = httpx.get(
            portal.url + path, headers={"Authorization": f"Bearer {made.token}", "Cookie": staff_cookie()}
        )
        assert "przyrost" not in answer.text
        assert "id_odczytu" not in answer.text


def test_machine_gets_deltas_in_order_and_only_those_after_the_one_it_has(made: Made, dashboard: Server) -> None:
    whole = ask(dashboard, token=made.token)
    assert (whole.headers["x-iok-last-delta"], whole.headers["content-type"]) == ("2", "application/x-ndjson")
    told = [(one["przyrost"], one["zapis"], one["stan"], one["nr_umowy"]) for one in lines(whole)]
    assert told == [(1, "nowy", "5.000", "U/77"), (1, "nowy", "7.500", "U/77"), (2, "anulowanie", "7.500", "U/77")]
    (later,) = lines(ask(dashboard, "?since=1", token=made.token))
    assert later["id_odczytu"] == made.rejected
    assert lines(ask(dashboard, "?since=2", token=made.token)) == []


def test_record_is_what_the_description_says(made: Made, dashboard: Server) -> None:
    described = httpx.get(f"{dashboard.url}/api/openapi.json").json()
    assert described == openapi()
    answer = described["paths"]["/api/exports/readings"]["get"]["responses"]["200"]
    schema = answer["content"]["application/x-ndjson"]["schema"]
    kinds = {str: "string", int: "integer", type(None): "null"}
    for record in lines(ask(dashboard, token=made.token)):
        assert sorted(record) == sorted(schema["required"])
        for name, value in record.items():
            assert kinds[type(value)] in schema["properties"][name]["type"], name


def test_scope_of_a_token_hides_tenancies(made: Made, dashboard: Server) -> None:
    assert {one["nr_umowy"] for one in lines(ask(dashboard, token=made.masked))}.isdisjoint({"U/77", None})


@pytest.mark.parametrize("token", [None, "x", "iok_" + "x" * 43])
def test_nobody_else_gets_anything(made: Made, dashboard: Server, token: str | None) -> None:
    answer = ask(dashboard, token=token)
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert "przyrost" not in answer.text


@pytest.mark.parametrize("since", ["x", "-1", "1.5", "99999999999", "٣", ""])
def test_number_that_is_none_is_refused(made: Made, dashboard: Server, since: str) -> None:
    assert ask(dashboard, f"?since={since}", token=made.token).status_code == 400


def test_revoked_token_opens_nothing_at_once(made: Made, dashboard: Server) -> None:
    with transaction() as session:
        session.execute(update(ApiConsumer).where(ApiConsumer.name == "Analizy").values(revoked_at=now()))
    assert ask(dashboard, token=made.masked).status_code == 401
    with transaction() as session:
        session.execute(update(ApiConsumer).values(revoked_at=None))


def test_machine_is_asked_to_wait_after_too_many_requests(made: Made, dashboard: Server) -> None:
    codes = [ask(dashboard, "?since=2", token=made.token).status_code for _ in range(LIMIT + 1)]
    assert codes == [200] * LIMIT + [429]
    assert ask(dashboard, "?since=2", token=made.masked).status_code == 200


def test_reading_over_http_changes_nothing(made: Made, dashboard: Server) -> None:
    before = lines(ask(dashboard, token=made.token))
    assert lines(ask(dashboard, token=made.token)) == before
    for method in ("POST", "PUT", "DELETE"):
        answer = httpx.request(
            method, f"{dashboard.url}/api/exports/readings", headers={"Authorization": f"Bearer {made.token}"}
        )
        assert answer.status_code in (403, 404, 405)
