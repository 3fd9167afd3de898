import pytest
from click.testing import CliRunner
from sqlalchemy.orm import Session

from core.commands import cli
from core.db import reading, transaction
from core.errors import DomainError, InvalidInputError, NotFoundError
from core.registry.districts import describe_district
from core.registry.lookup import find_address
from tests.cast import make_building, make_district


def test_what_is_told_is_set_and_the_rest_stays(session: Session) -> None:
    make_district(session, code="GÓRNA").phone = "42 111 11 11"
    make_district(session, code="WIDZEW")

    known = describe_district(session, code="GÓRNA", name=" RON Górna ", email="gorna@lokale.example", hours="8-16")

    assert (known.name, known.phone, known.email, known.hours) == (
        "RON Górna",
        "42 111 11 11",
        "gorna@lokale.example",
        "8-16",
    )
    assert describe_district(session, code="WIDZEW").email is None


def test_an_empty_text_clears_a_field(session: Session) -> None:
    make_district(session).phone = "42 111 11 11"
    session.flush()

    assert describe_district(session, code="CENTRUM", phone=" ").phone is None


@pytest.mark.parametrize(
    ("field", "text"),
    [("name", " "), ("phone", "4" * 41), ("email", "ron.lokale.example"), ("email", "a@b.pl, c@d.pl")],
)
def test_what_cannot_be_is_refused(session: Session, field: str, text: str) -> None:
    make_district(session)
    with pytest.raises(InvalidInputError) as refusal:
        describe_district(session, code="CENTRUM", **{field: text})
    assert refusal.value.field == field


def test_an_unknown_code_is_refused_with_those_that_are_known(session: Session) -> None:
    make_district(session)
    with pytest.raises(NotFoundError, match="Znane kody: CENTRUM"):
        describe_district(session, code="CENTRM", phone="1")


def test_console_tells_tenants_how_to_reach_an_office(database: str) -> None:
    with transaction() as session:
        make_building(session)

    done = CliRunner().invoke(cli, ["district", "CENTRUM", "--phone", "42 111 11 11", "--address", "Rynek 1"])

    assert done.exit_code == 0, done.output
    assert "Telefon: 42 111 11 11" in done.output
    assert "E-mail: -" in done.output
    with reading() as session:
        (found,) = find_address(session, street="Kwiatowa", building_no="12")
    assert (found.district.phone, found.district.address) == ("42 111 11 11", "Rynek 1")
    refused = CliRunner().invoke(cli, ["district", "NIE MA"])
    assert isinstance(refused.exception, DomainError)
