"""What may be paid, and what is refused."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from freezegun import freeze_time
from sqlalchemy.orm import Session

from core.access.models import ProxyLevel
from core.errors import DomainError, InvalidInputError, NotFoundError, SessionEndedError
from core.landlord import landlord
from core.paying.payments import MOST, Part, dues, require_choosable, transfer
from core.paying.slip import payment_slip
from core.paying.tenancy import Parties
from core.registry.models import Tenancy
from tests.access.proxies import proxy_in
from tests.cast import ACCOUNT_NO, end_session, make_entry, make_tenancy, make_tenant, sign_in_tenant
from tests.core.documents.readers import codes_of, fonts_of, pages_of, text_of

DAY = "2026-11-23 12:00:00"


@pytest.fixture(autouse=True)
def _forget_landlord() -> Iterator[None]:
    landlord.cache_clear()
    yield
    landlord.cache_clear()


@pytest.fixture
def flat(session: Session) -> Tenancy:
    """Anna's, with 1,234.00 zł overdue of 1,834.00 zł."""
    tenancy = make_tenancy(session, make_tenant(session, "Łucja Kowalska"), tenancy_no="U/00012/2014")
    make_entry(session, tenancy, "2026-11-01", debit="1234.56", due_on="2026-11-10")
    make_entry(session, tenancy, "2026-11-20", debit="600", due_on="2026-12-10")
    make_entry(session, tenancy, "2026-11-12", credit="0.56")
    return tenancy


def test_whole_and_overdue_may_be_paid(session: Session, flat: Tenancy) -> None:
    with freeze_time(DAY):
        owed = dues(session, sign_in_tenant(session, flat.tenant), tenancy_id=flat.id)
    assert owed.owed == {Part.WHOLE: Decimal("1834.00"), Part.OVERDUE: Decimal("1234.00")}
    assert owed.parties.tenant == "Łucja Kowalska"


def test_all_overdue_is_one_amount_and_nothing_owed_is_none(session: Session) -> None:
    anna = make_tenant(session)
    late, paid, over = (make_tenancy(session, anna) for _ in range(3))
    make_entry(session, late, "2026-01-01", debit="600", due_on="2026-01-10")
    make_entry(session, over, "2026-01-01", credit="5")
    with freeze_time(DAY):
        scope = sign_in_tenant(session, anna)
        assert dues(session, scope, tenancy_id=late.id).owed == {Part.WHOLE: Decimal(600)}
        assert dues(session, scope, tenancy_id=paid.id).owed == {}
        assert dues(session, scope, tenancy_id=over.id).owed == {}


def test_transfer_is_what_a_banks_form_asks_for(session: Session, flat: Tenancy) -> None:
    with freeze_time(DAY):
        owed = dues(session, sign_in_tenant(session, flat.tenant), tenancy_id=flat.id)
    made = transfer(owed.parties, amount=owed.owed[Part.OVERDUE])
    assert (made.bank_account_no, made.title, made.recipient) == (
        ACCOUNT_NO, "Umowa U/00012/2014", "Zarząd Lokali Demo",
    )  # fmt: skip
    assert made.text == f"1234563218|PL|{ACCOUNT_NO}|123400|Zarzad Lokali Demo|Umowa U/00012/2014|||"
    assert not made.amount_is_typed
    assert transfer(owed.parties, amount=Decimal("10000.00")).amount_is_typed


@pytest.mark.parametrize("amount", ["0", "-1", "0.001", "NaN", "Infinity", "1E+30", "10000000000.01"])
def test_amount_that_cannot_be_paid_is_refused(session: Session, flat: Tenancy, amount: str) -> None:
    scope = sign_in_tenant(session, flat.tenant)
    with pytest.raises(InvalidInputError) as refusal:
        payment_slip(session, scope, tenancy_id=flat.id, amount=Decimal(amount))
    assert refusal.value.field == "amount"


def test_chosen_amount_has_an_end_and_a_balance_has_not(session: Session, flat: Tenancy) -> None:
    require_choosable(MOST)
    with pytest.raises(InvalidInputError, match="najwyżej"):
        require_choosable(MOST + Decimal("0.01"))
    own = dues(session, sign_in_tenant(session, flat.tenant), tenancy_id=flat.id).parties
    assert transfer(own, amount=Decimal(2_000_000)).text.split("|")[3] == "000000"


def test_without_an_account_there_is_no_transfer(session: Session) -> None:
    anna = make_tenant(session)
    tenancy = make_tenancy(session, anna, bank_account_no=None)
    with pytest.raises(DomainError, match="numeru konta"):
        payment_slip(session, sign_in_tenant(session, anna), tenancy_id=tenancy.id, amount=Decimal(1))


def test_slip_says_all_and_its_code_the_same(session: Session, flat: Tenancy) -> None:
    with freeze_time(DAY):
        made = payment_slip(session, sign_in_tenant(session, flat.tenant), tenancy_id=flat.id, amount=Decimal("1234"))
        again = payment_slip(session, sign_in_tenant(session, flat.tenant), tenancy_id=flat.id, amount=Decimal("1234"))
    assert made == again
    written = text_of(made, "-layout").replace("\u00a0", " ")
    for told in (
        "Dane do przelewu", "Zarząd Lokali Demo", "38 9990 0009 4700 0000 0000 0001", "1 234,00 zł",
        "Umowa U/00012/2014", "Łucja Kowalska", "Kwiatowa 12 m. 7", "1234563218", "23.11.2026",
    ):  # fmt: skip
        assert told in written, written
    assert codes_of(made) == {f"QR-Code:{transfer(own(session, flat), amount=Decimal(1234)).text}"}
    assert pages_of(made) == 1
    assert all(font[-5] == "yes" for font in fonts_of(made))


def test_slip_of_a_large_amount_says_to_type_it(session: Session, flat: Tenancy) -> None:
    scope = sign_in_tenant(session, flat.tenant)
    made = payment_slip(session, scope, tenancy_id=flat.id, amount=Decimal("10000.00"))
    assert "wpisz kwotę: 10 000,00 zł" in " ".join(text_of(made).replace("\u00a0", " ").split())
    (code,) = codes_of(made)
    assert code.split("|")[3] == "000000"


def test_paying_is_ones_own(session: Session, flat: Tenancy) -> None:
    jan = sign_in_tenant(session, make_tenant(session, "Jan Nowak"))
    with pytest.raises(NotFoundError):
        dues(session, jan, tenancy_id=flat.id)
    with pytest.raises(NotFoundError):
        payment_slip(session, jan, tenancy_id=flat.id, amount=Decimal(1))
    anna = sign_in_tenant(session, flat.tenant)
    end_session(session, anna)
    with pytest.raises(SessionEndedError):
        payment_slip(session, anna, tenancy_id=flat.id, amount=Decimal(1))


def test_proxy_who_sees_pays_for_that_tenancy_in_the_tenants_name(session: Session, flat: Tenancy) -> None:
    other = make_tenancy(session, flat.tenant)
    maria = proxy_in(session, flat, ProxyLevel.SEE)
    made = payment_slip(session, maria, tenancy_id=flat.id, amount=Decimal(1))
    assert "Łucja Kowalska" in text_of(made)
    assert "Maria" not in text_of(made)
    with pytest.raises(NotFoundError):
        payment_slip(session, maria, tenancy_id=other.id, amount=Decimal(1))


def test_nip_of_a_real_landlord_is_theirs_or_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IOK_LANDLORD_NAME", "Gmina Przykładów")
    assert landlord().nip == ""
    for typed, nip in (("725-18-01-126", "7251801126"), ("PL 7251801126", "7251801126")):
        monkeypatch.setenv("IOK_LANDLORD_NIP", typed)
        landlord.cache_clear()
        assert landlord().nip == nip
    monkeypatch.setenv("IOK_LANDLORD_NIP", "7251801127")
    landlord.cache_clear()
    with pytest.raises(ValueError, match="IOK_LANDLORD_NIP"):
        landlord()


def own(session: Session, flat: Tenancy) -> Parties:
    return dues(session, sign_in_tenant(session, flat.tenant), tenancy_id=flat.id).parties
