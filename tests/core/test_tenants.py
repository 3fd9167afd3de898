"""The office's search and the tenant at a glance: every way in, and nothing of other districts."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, Role
from core.accounts.models import TermsVersion
from core.activation.codes import code_of
from core.activation.models import ActivationRequest, RequestState
from core.clock import now
from core.errors import InvalidInputError, NotFoundError, NotPermittedError, SessionEndedError
from core.registry.models import ServiceDistrict, Tenancy, Tenant
from core.tenants import SHOWN, find_tenants, tenant_glance
from tests.cast import (
    end_session,
    make_account,
    make_building,
    make_district,
    make_entry,
    make_premises,
    make_tenancy,
    make_tenant,
    sign_in_employee,
)


@pytest.fixture
def centrum(session: Session) -> ServiceDistrict:
    return make_district(session, code="CENTRUM")


@pytest.fixture
def ewa(session: Session, centrum: ServiceDistrict) -> EmployeeScope:
    return sign_in_employee(session, Role.CLERK, districts=(centrum,))


def housed(
    session: Session,
    name: str,
    *,
    district: ServiceDistrict,
    street: str = "Kwiatowa",
    building_no: str = "12",
    premises_no: str = "7",
    tenant_no: str | None = None,
    tenancy_no: str | None = None,
) -> tuple[Tenant, Tenancy]:
    building = make_building(session, street=street, building_no=building_no, district=district)
    tenant = make_tenant(session, name, tenant_no=tenant_no)
    premises = make_premises(session, building=building, premises_no=premises_no)
    return tenant, make_tenancy(session, tenant, premises=premises, tenancy_no=tenancy_no)


def apply(session: Session, tenant: Tenant, number: str) -> None:
    terms = TermsVersion(version="1.0", text="Regulamin", text_hash="0" * 64, published_at=now())
    session.add(terms)
    session.flush()
    request = ActivationRequest(
        number=number, submission_key=number, state=RequestState.COMPLETED, kind="person", name=tenant.name,
        street="Kwiatowa", building_no="12", email="anna@example.com", terms_version_id=terms.id, submitted_at=now(),
        tenant_id=tenant.id,
    )  # fmt: skip
    session.add(request)
    session.flush()


def names(session: Session, scope: EmployeeScope, text: str) -> list[str]:
    return [hit.name for hit in find_tenants(session, scope, text=text).hits]


@pytest.mark.parametrize(
    "text",
    [
        "Żółkiewska", "zolkiewska", "ŻÓŁKIEWSKA", "łucja żół", "żółkiewska łucja", "048237", "48237", "U/00417/2014", "00417",
        "Łąkowa 9/11", "ul. lakowa 9/11 m. 4a", "łąkowa 4A", "żółkiewska, Łąkowa", "IOK/2026/000123",
        code_of("IOK/2026/000123"),
    ],
)  # fmt: skip
def test_every_way_in(session: Session, ewa: EmployeeScope, centrum: ServiceDistrict, text: str) -> None:
    lucja, _ = housed(
        session, "Łucja Żółkiewska", district=centrum, street="Łąkowa", building_no="9/11", premises_no="4A",
        tenant_no="048237", tenancy_no="U/00417/2014",
    )  # fmt: skip
    housed(session, "Jan Nowak", district=centrum, street="Miła", building_no="9")
    apply(session, lucja, "IOK/2026/000123")
    hits = find_tenants(session, ewa, text=text)
    assert [(hit.name, hit.address) for hit in hits.hits] == [("Łucja Żółkiewska", "ul. Łąkowa 9/11 m. 4A")]
    assert not hits.more


def test_identifier_finds_its_tenant(session: Session, ewa: EmployeeScope, centrum: ServiceDistrict) -> None:
    anna, _ = housed(session, "Anna Kowalska", district=centrum)
    housed(session, "Jan Nowak", district=centrum)
    assert names(session, ewa, make_account(session, anna).login) == ["Anna Kowalska"]


def test_house_number_is_no_part_of_another_number(
    session: Session, ewa: EmployeeScope, centrum: ServiceDistrict
) -> None:
    housed(session, "Anna Kowalska", district=centrum, building_no="12", tenant_no="000001", tenancy_no="U/1")
    housed(session, "Jan Nowak", district=centrum, building_no="3", tenant_no="001299", tenancy_no="U/12999")
    assert names(session, ewa, "kwiatowa 12") == ["Anna Kowalska"]


def test_letters_that_only_look_alike_to_the_database_are_others(
    session: Session, ewa: EmployeeScope, centrum: ServiceDistrict
) -> None:
    housed(session, "Anna Kowalska", district=centrum)
    assert names(session, ewa, "kowacska") == []


@pytest.mark.parametrize("text", ["%%", "__", "\\\\", "ko%ska", "'; --", "\0\0ab"])
def test_signs_of_patterns_are_signs(session: Session, ewa: EmployeeScope, centrum: ServiceDistrict, text: str) -> None:
    housed(session, "Anna Kowalska", district=centrum)
    assert names(session, ewa, text) == []


@pytest.mark.parametrize("text", ["", "  ", "a", "ul. m.", "a b c d e f g"])
def test_question_that_is_none_is_refused(session: Session, ewa: EmployeeScope, text: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        find_tenants(session, ewa, text=text)
    assert refused.value.field == "text"


def test_whose_number_it_is_comes_first(session: Session, ewa: EmployeeScope, centrum: ServiceDistrict) -> None:
    housed(session, "Adam Abacki", district=centrum, tenant_no="001234", tenancy_no="U/1")
    housed(session, "Zenon Zet", district=centrum, tenant_no="000123", tenancy_no="U/2")
    assert names(session, ewa, "123") == ["Zenon Zet", "Adam Abacki"]


def test_too_many_are_said_to_be_more(session: Session, ewa: EmployeeScope, centrum: ServiceDistrict) -> None:
    building = make_building(session, district=centrum)
    for number in range(SHOWN + 1):
        premises = make_premises(session, building=building, premises_no=str(number))
        make_tenancy(session, make_tenant(session, f"Anna Kowalska {number:02}"), premises=premises)
    hits = find_tenants(session, ewa, text="kowalska")
    assert (len(hits.hits), hits.more, hits.hits[0].name) == (SHOWN, True, "Anna Kowalska 00")
    assert not find_tenants(session, ewa, text="kowalska 07").more


def test_tenant_of_two_tenancies_is_one_hit(session: Session, ewa: EmployeeScope, centrum: ServiceDistrict) -> None:
    anna, _ = housed(session, "Anna Kowalska", district=centrum)
    make_tenancy(session, anna, premises=make_premises(session, building=make_building(session, district=centrum)))
    assert names(session, ewa, "kowalska") == ["Anna Kowalska"]


def test_glance_tells_tenancies_balances_account_and_requests(
    session: Session, ewa: EmployeeScope, centrum: ServiceDistrict
) -> None:
    anna, tenancy = housed(session, "Anna Kowalska", district=centrum, tenancy_no="U/2")
    ended = make_tenancy(
        session, anna, premises=make_premises(session, building=make_building(session, district=centrum)),
        tenancy_no="U/1", valid_to=date(2020, 1, 1),
    )  # fmt: skip
    make_entry(session, tenancy, "2026-10-01", debit="1234.56", due_on="2026-10-10")
    login = make_account(session, anna).login
    apply(session, anna, "IOK/2026/000123")
    glance = tenant_glance(session, ewa, tenant_id=anna.id)
    told = [(one.card.tenancy_no, one.current, one.balance and one.balance.balance) for one in glance.tenancies]
    assert told == [(tenancy.tenancy_no, True, Decimal("1234.56")), (ended.tenancy_no, False, Decimal(0))]
    assert glance.account is not None
    assert glance.account.login == login
    assert [(one.number, one.state) for one in glance.requests] == [("IOK/2026/000123", RequestState.COMPLETED)]


def test_clerk_of_another_district_finds_and_sees_nothing(
    session: Session, ewa: EmployeeScope, centrum: ServiceDistrict
) -> None:
    anna, tenancy = housed(session, "Anna Kowalska", district=centrum)
    stranger = sign_in_employee(session, Role.CLERK, districts=(make_district(session, code="WSCHÓD"),))
    for text in (anna.name, anna.tenant_no, tenancy.tenancy_no, "Kwiatowa 12"):
        assert names(session, ewa, text) == [anna.name]
        assert names(session, stranger, text) == []
    with pytest.raises(NotFoundError):
        tenant_glance(session, stranger, tenant_id=anna.id)


def test_of_a_tenant_of_two_districts_each_sees_its_own_tenancy(
    session: Session, ewa: EmployeeScope, centrum: ServiceDistrict
) -> None:
    wschod = make_district(session, code="WSCHÓD")
    anna, here = housed(session, "Anna Kowalska", district=centrum)
    building = make_building(session, street="Daleka", district=wschod)
    make_tenancy(session, anna, premises=make_premises(session, building=building))
    assert [one.card.tenancy_no for one in tenant_glance(session, ewa, tenant_id=anna.id).tenancies] == [
        here.tenancy_no
    ]
    assert names(session, ewa, "Daleka") == []
    assert names(session, sign_in_employee(session, Role.HEAD, districts=(wschod,)), "Daleka") == [anna.name]


@pytest.mark.parametrize("role", [Role.EDITOR, Role.ANALYST, Role.ADMINISTRATOR, Role.ADMIN])
def test_others_do_not_search(session: Session, role: Role) -> None:
    scope = sign_in_employee(session, role)
    with pytest.raises(NotPermittedError):
        find_tenants(session, scope, text="kowalska")
    with pytest.raises(NotPermittedError):
        tenant_glance(session, scope, tenant_id=make_tenant(session).id)


def test_ended_session_does_not_search(session: Session, ewa: EmployeeScope) -> None:
    end_session(session, ewa)
    with pytest.raises(SessionEndedError):
        find_tenants(session, ewa, text="kowalska")
    with pytest.raises(SessionEndedError):
        tenant_glance(session, ewa, tenant_id=1)
