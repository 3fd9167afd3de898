"""Who an applicant may be: each sign has its reason, the strongest first, and only within the own districts."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy.orm import Session

from core.access.scopes import Role
from core.activation.matching import Reason, candidates
from core.errors import NotFoundError, NotPermittedError
from core.registry.models import Tenancy
from tests.cast import (
    make_account,
    make_building,
    make_district,
    make_premises,
    make_tenancy,
    make_tenant,
    sign_in_employee,
)
from tests.core.activation.requests import clerk, make_request

STRANGE: dict[str, Any] = {"street": "Nieznana", "building_no": "1", "premises_no": None, "name": "Ktoś Inny"}


def anna(session: Session, *, name: str = "Anna Kowalska", tenant_no: str | None = None, **of_tenancy: Any) -> Tenancy:
    building = make_building(session, street="ul. Łąkowa", building_no="19A", district=make_district(session))
    premises = make_premises(session, building=building, premises_no="7")
    return make_tenancy(session, make_tenant(session, name, tenant_no=tenant_no), premises=premises, **of_tenancy)


@pytest.mark.parametrize(
    ("applied", "reason"),
    [
        ({"tenancy_no": " u/00017/2010 "}, Reason.TENANCY_NO),
        ({"tenant_no": "004217"}, Reason.TENANT_NO),
        ({"tenant_no": "4217"}, Reason.TENANT_NO),
        ({"street": "lakowa", "building_no": "19 a", "premises_no": "7"}, Reason.PREMISES),
        ({"email": "ANNA@example.com"}, Reason.EMAIL),
        ({"name": "KOWALSKA  Anna"}, Reason.NAME),
        ({"name": "Anna Kowalśka"}, Reason.NAME),
        ({"name": "Ana Kowalska"}, Reason.SIMILAR_NAME),
    ],
)
def test_each_sign_has_its_reason(session: Session, applied: dict[str, Any], reason: Reason) -> None:
    tenancy = anna(session, tenant_no="004217", tenancy_no="U/00017/2010")
    tenancy.tenant.email = "anna@example.com"
    request = make_request(session, **{**STRANGE, "email": "inny@example.com", **applied})

    found = candidates(session, clerk(session), request_id=request.id)

    assert [(one.tenant_id, one.reasons) for one in found] == [(tenancy.tenant_id, (reason,))]


def test_applicant_whom_nothing_points_to_has_no_candidates(session: Session) -> None:
    anna(session)
    request = make_request(session, **STRANGE)
    assert candidates(session, clerk(session), request_id=request.id) == []


def test_more_signs_stand_before_fewer(session: Session) -> None:
    wanted = anna(session, tenant_no="004217")
    husband = make_tenancy(session, make_tenant(session, "Jan Kowalski"), premises=wanted.premises)
    neighbour = make_tenancy(
        session,
        make_tenant(session, "Anna Kowalska-Nowak"),
        premises=make_premises(session, building=wanted.premises.building, premises_no="8"),
    )
    make_tenancy(
        session,
        make_tenant(session, "Zenon Obcy"),
        premises=make_premises(session, building=wanted.premises.building, premises_no="9"),
    )
    request = make_request(session, street="Łąkowa", building_no="19a", premises_no="7", tenant_no="4217")

    found = candidates(session, clerk(session), request_id=request.id)

    assert [one.tenant_id for one in found][:2] == [wanted.tenant_id, husband.tenant_id]
    assert found[0].reasons == (Reason.TENANT_NO, Reason.NAME, Reason.PREMISES)
    assert {one.tenant_id for one in found} <= {wanted.tenant_id, husband.tenant_id, neighbour.tenant_id}


def test_tenancies_say_whether_they_are_in_force_and_tenants_whether_they_have_an_account(session: Session) -> None:
    current = anna(session, tenancy_no="U/2")
    ended = make_tenancy(
        session, current.tenant, premises=current.premises, tenancy_no="U/1", valid_to=date(2020, 1, 1)
    )
    make_account(session, current.tenant)
    request = make_request(session, street="Łąkowa", building_no="19A")

    (found,) = candidates(session, clerk(session), request_id=request.id)

    assert [(one.tenancy_id, one.is_current) for one in found.tenancies] == [(current.id, True), (ended.id, False)]
    assert found.tenancies[0].address == "ul. Łąkowa 19A m. 7, 90-001 Łódź"
    assert found.has_account


@pytest.mark.parametrize("typed", ["4217", "U/00017/2010", "kowalska", "KOWALŚKA ann"])
def test_clerk_finds_a_tenant_by_hand(session: Session, typed: str) -> None:
    tenancy = anna(session, tenant_no="004217", tenancy_no="U/00017/2010")
    request = make_request(session, **STRANGE)
    (found,) = candidates(session, clerk(session), request_id=request.id, search=typed)
    assert (found.tenant_id, found.reasons) == (tenancy.tenant_id, (Reason.SEARCHED,))
    assert candidates(session, clerk(session), request_id=request.id, search="nikt taki") == []


def test_tenants_of_other_districts_are_no_candidates(session: Session) -> None:
    here, there = make_district(session, code="CENTRUM"), make_district(session, code="WSCHÓD")
    tenancy = anna(session, tenant_no="004217", tenancy_no="U/00017/2010")  # in CENTRUM
    signs: dict[str, Any] = {
        "street": "Łąkowa",
        "building_no": "19A",
        "tenant_no": "004217",
        "tenancy_no": "U/00017/2010",
    }
    far = make_request(session, district=there, **signs)
    near = make_request(session, district=here, **signs)

    for search in ("", "Kowalska", "004217"):
        assert candidates(session, clerk(session, there), request_id=far.id, search=search) == []
    (found,) = candidates(session, clerk(session, here), request_id=near.id)
    assert found.tenant_id == tenancy.tenant_id


def test_tenancy_in_another_district_does_not_show(session: Session) -> None:
    here, there = make_district(session, code="CENTRUM"), make_district(session, code="WSCHÓD")
    own = anna(session)
    far = make_building(session, district=there)
    make_tenancy(session, own.tenant, premises=make_premises(session, building=far))
    request = make_request(session, street="Łąkowa", building_no="19A")
    (found,) = candidates(session, clerk(session, here), request_id=request.id)
    assert [one.tenancy_id for one in found.tenancies] == [own.id]


def test_other_districts_requests_and_other_roles_find_nobody(session: Session) -> None:
    request = make_request(session, district=make_district(session, code="CENTRUM"))
    with pytest.raises(NotFoundError):
        candidates(session, clerk(session, make_district(session, code="WSCHÓD")), request_id=request.id)
    with pytest.raises(NotPermittedError):
        candidates(session, sign_in_employee(session, Role.ADMINISTRATOR), request_id=request.id)
