"""Whose a row may be: each sign by itself, their order, and what points to nobody."""

from decimal import Decimal

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from core.imports.suspense.candidates import COMMON, Clue, Directory, Sign, TenancyCandidate, plain_column
from core.ledger.maintained import rebuild
from core.registry.models import Tenancy
from core.words import plain
from tests.cast import make_entry, make_tenancy, make_tenant

ACCOUNT = "12105000021234567890123456"


@pytest.fixture
def people(session: Session) -> dict[str, Tenancy]:
    jan = make_tenant(session, "Jan Wiśniewski", tenant_no="K00417")
    ewa = make_tenant(session, "Ewa Nowak", tenant_no="K00999")
    firm = make_tenant(session, "Piekarnia Złoty Kłos sp. z o.o.", tenant_no="K05000")
    made = {
        "jan": make_tenancy(session, jan, tenancy_no="U/2020/0417"),
        "ewa": make_tenancy(session, ewa, tenancy_no="U/2021/8830"),
        "firm": make_tenancy(session, firm, tenancy_no="UU-77"),
    }
    made["ewa"].bank_account_no = ACCOUNT
    session.flush()
    return made


def found(session: Session, **clue: object) -> list[TenancyCandidate]:
    told: dict[str, object] = {"tenant_no": "", "tenancy_no": "", **clue}
    return Directory(session).candidates([Clue(**told)])[0]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("clue", "whose", "sign"),
    [
        ({"tenant_no": "K00417", "tenancy_no": "U/2020/0417"}, "jan", Sign.KNOWN),
        ({"tenant_no": "K77777", "tenancy_no": "U/2020/0417"}, "jan", Sign.TENANCY_NO),
        ({"tenant_no": "K00417", "tenancy_no": "X"}, "jan", Sign.TENANT_NO),
        ({"tenancy_no": "u2020-0417"}, "jan", Sign.WRITTEN),
        ({"tenancy_no": "U/2020/0471"}, "jan", Sign.ONE_APART),  # two digits changed places
        ({"tenancy_no": "U/2020/417"}, "jan", Sign.ONE_APART),
        ({"tenancy_no": "U/2120/0418"}, "jan", Sign.TWO_APART),
        ({"tenancy_no": "UU-78"}, "firm", Sign.ONE_APART),
        ({"tenant_no": "K0417"}, "jan", Sign.TENANT_ONE_APART),
        ({"texts": frozenset({"czynsz WISNIEWSKI JAN za maj"})}, "jan", Sign.NAME),
        ({"texts": frozenset({"piekarnia zloty klos, faktura 3"})}, "firm", Sign.NAME),
        ({"texts": frozenset({"na rachunek 12 1050 0002 1234 5678 9012 3456 w banku"})}, "ewa", Sign.ACCOUNT),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_sign_points_to_its_tenancy(
    session: Session, people: dict[str, Tenancy], clue: dict[str, object], whose: str, sign: Sign
) -> None:
    candidates = found(session, **clue)
    assert [(one.tenancy_id, one.signs) for one in candidates] == [(people[whose].id, (sign,))]
    assert candidates[0].why


@pytest.mark.parametrize(
    "clue",
    [
        {},
        {"tenancy_no": "U/2099/5555"},
        {"tenancy_no": "UU-89"},  # two signs of five
        {"texts": frozenset({"czynsz, Jan", "Wiśniewska Anna", "rachunek 1234"})},
        {"amounts": frozenset({Decimal(0), Decimal(-5), Decimal(123)})},
    ],
    ids=["nothing", "far", "short", "texts", "amounts"],
)
def test_nothing_points_to_nobody(session: Session, people: dict[str, Tenancy], clue: dict[str, object]) -> None:
    assert found(session, **clue) == []


def test_amount_of_a_monthly_charge_is_a_sign(session: Session, people: dict[str, Tenancy]) -> None:
    make_entry(session, people["ewa"], debit="612.40", booked_on="2026-10-01", due_on="2026-10-10")
    rebuild(session)
    assert [one.signs for one in found(session, amounts=frozenset({Decimal("612.40")}))] == [(Sign.AMOUNT,)]
    assert found(session, amounts=frozenset({Decimal("612.41")})) == []


def test_signs_add_up_and_the_strongest_come_first(session: Session, people: dict[str, Tenancy]) -> None:
    texts = frozenset({"Nowak Ewa czynsz", "Jan Wiśniewski"})
    candidates = found(session, tenancy_no="U/2021/8831", texts=texts)
    assert [(one.tenancy_id, one.signs) for one in candidates] == [
        (people["ewa"].id, (Sign.NAME, Sign.ONE_APART)),
        (people["jan"].id, (Sign.NAME,)),
    ]
    assert candidates[0].score > candidates[1].score


def test_faint_sign_is_not_shown_beside_a_strong_one(session: Session, people: dict[str, Tenancy]) -> None:
    near = make_tenancy(session, make_tenant(session, "Ola Lis", tenant_no="K7"), tenancy_no="U/2020/0427")
    assert {one.tenancy_id for one in found(session, tenancy_no="U/2020/0438")} == {people["jan"].id, near.id}
    strong = found(session, tenant_no="K00417", tenancy_no="U/2020/0417")
    assert [one.tenancy_id for one in strong] == [people["jan"].id]


def test_account_of_the_whole_city_points_to_nobody(session: Session, people: dict[str, Tenancy]) -> None:
    texts = frozenset({f"na rachunek {ACCOUNT}"})
    people["jan"].bank_account_no = ACCOUNT
    session.flush()
    assert {one.tenancy_id for one in found(session, texts=texts)} == {people["jan"].id, people["ewa"].id}
    for at in range(COMMON):
        make_tenancy(session, make_tenant(session), tenancy_no=f"N/{at}").bank_account_no = ACCOUNT
    session.flush()
    assert found(session, texts=texts) == []


@given(
    st.lists(st.text(max_size=6) | st.sampled_from(["ŻÓŁĆ", "ẞ", "ﬁ", "İ", "\u212a", "e\u0301", "ΑΣ", "ſ"]), max_size=4)
)
@example(["Łódź", "straße", "Zoé"])
def test_texts_are_made_plain_together_as_one_by_one(texts: list[str]) -> None:
    assert plain_column(pl.Series(texts, dtype=pl.String)).to_list() == [plain(text) for text in texts]


def test_many_clues_are_answered_as_one_by_one(session: Session, people: dict[str, Tenancy]) -> None:
    clues = [Clue("K00417", "X"), Clue("", "UU-78"), Clue("", ""), Clue("", "UU-78", frozenset({"Ewa Nowak"}))]
    together = Directory(session).candidates(clues)
    assert together == [Directory(session).candidates([clue])[0] for clue in clues]
