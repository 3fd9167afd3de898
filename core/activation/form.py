"""The form an applicant fills in, and what must hold of it. A browser may send anything, so everything is looked at here."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from core.errors import InvalidFormError, InvalidInputError
from core.registry.contacts import LONGEST_EMAIL, e164, normal_email, phone_words
from core.words import one_line

LONGEST_NAME, LONGEST_STREET, LONGEST_NUMBER, LONGEST_REFERENCE = 200, 120, 20, 40  # signs; what the columns hold


@dataclass(frozen=True, slots=True)
class ApplicationForm:
    """What somebody typed. `sure`: they were asked about what looked like a slip and sent the same again."""

    kind: str  # person or company
    name: str
    street: str
    building_no: str
    premises_no: str
    email: str
    email_repeated: str
    phone: str
    tenant_no: str
    tenancy_no: str
    terms_accepted: bool
    privacy_read: bool
    sure: bool = False


@dataclass(frozen=True, slots=True)
class CheckedForm:
    """The same, of one spelling and with nothing in it that no column or page could hold."""

    kind: Literal["person", "company"]
    name: str
    street: str
    building_no: str
    premises_no: str | None
    email: str
    phone: str | None
    tenant_no: str | None
    tenancy_no: str | None


class DoubtfulFormError(InvalidFormError):
    """Nothing breaks a rule, something looks like a slip: sent again with `sure`, the form is taken."""


def check_form(form: ApplicationForm) -> CheckedForm:
    """Read the form. Raises InvalidFormError with all that is wrong, in the order of the fields on screen."""
    reader = _Reader()
    company = form.kind == "company"
    if not company and form.kind != "person":
        reader.refuse("kind", "Wybierz, kto składa wniosek.")
    checked = CheckedForm(
        kind="company" if company else "person",
        name=reader.line(
            "name", form.name, LONGEST_NAME, missing="Podaj nazwę firmy." if company else "Podaj imię i nazwisko."
        ),
        street=reader.line("street", form.street, LONGEST_STREET, missing="Podaj ulicę, przy której jest lokal."),
        building_no=reader.line("building_no", form.building_no, LONGEST_NUMBER, missing="Podaj numer budynku."),
        premises_no=reader.line("premises_no", form.premises_no, LONGEST_NUMBER) or None,
        email=reader.email(form.email, form.email_repeated),
        phone=reader.normal(_phone, reader.line("phone", form.phone, LONGEST_REFERENCE)) or None,
        tenant_no=reader.line("tenant_no", form.tenant_no, LONGEST_REFERENCE) or None,
        tenancy_no=reader.line("tenancy_no", form.tenancy_no, LONGEST_REFERENCE) or None,
    )
    # A checkbox that a browser never showed may send anything; only a real tick counts.
    if form.terms_accepted is not True:
        reader.refuse("terms", "Przeczytaj regulamin i zaznacz, że go akceptujesz.")
    if form.privacy_read is not True:
        reader.refuse("privacy", "Zaznacz, że znasz informację o danych osobowych.")
    if reader.errors:
        raise InvalidFormError(reader.errors)
    return checked


def _phone(typed: str) -> str:
    return phone_words(e164(typed))


class _Reader:
    """Reads field after field and gathers what is wrong with them."""

    def __init__(self) -> None:
        self.errors: list[tuple[str, str]] = []

    def refuse(self, field: str, message: str) -> None:
        self.errors.append((field, message))

    def line(self, field: str, typed: object, longest: int, *, missing: str = "") -> str:
        value = one_line(typed, longest=longest)
        if value is None:
            self.refuse(field, f"Skróć tekst do {longest} znaków.")
        elif not value and missing:
            self.refuse(field, missing)
        return value or ""

    def normal(self, rule: Callable[[str], str], typed: str) -> str:
        try:
            return rule(typed) if typed else ""
        except InvalidInputError as refusal:
            self.refuse(refusal.field or "", refusal.message)
            return ""

    def email(self, typed: object, repeated: object) -> str:
        first = self.line("email", typed, LONGEST_EMAIL, missing="Podaj adres e-mail. Na niego wyślemy wniosek.")
        second = one_line(repeated, longest=LONGEST_EMAIL) or ""
        if first and not second:
            self.refuse("email_repeated", "Wpisz ten sam adres jeszcze raz.")
        elif first.casefold() != second.casefold():
            self.refuse("email_repeated", "Adresy się różnią. Sprawdź oba.")
        return self.normal(normal_email, first)
