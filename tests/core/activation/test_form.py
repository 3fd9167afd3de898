"""What must hold of an applicant's form, whatever a browser sends."""

import random
from contextlib import suppress
from typing import Any

import pytest

from core.activation.form import check_form
from core.errors import InvalidFormError, InvalidInputError
from core.registry.contacts import e164, normal_email, phone_words, suggested_email
from core.words import one_line
from tests.core.activation.forms import a_form

FORGED: list[Any] = [
    None, 7, -1.5, True, False, [], ["Anna"], {}, {"a": 1}, b"Anna", object(), "", "   ", "\x00", "\x00" * 50, "\ud800",
    "\u202e", "\u200b", "A" * 10_000_000, "a\nb", "'; DROP TABLE activation_request; --", "<script>", "{{ 7*7 }}", "%s", "\\",
    "\N{FULLWIDTH DIGIT ONE}", "🏠", "=1+1", "../../x", "Ⅷ",
]  # fmt: skip


def refused(**values: Any) -> list[str]:
    with pytest.raises(InvalidFormError) as refusal:
        check_form(a_form(**values))
    return [field for field, _ in refusal.value.errors]


def test_good_form_is_read() -> None:
    checked = check_form(a_form(phone="+48 600-700-800", tenant_no=" 000123 ", email="Anna@Example.COM"))
    assert (checked.kind, checked.email, checked.phone) == ("person", "anna@example.com", "600 700 800")
    assert (checked.tenant_no, checked.tenancy_no, checked.premises_no) == ("000123", None, "7")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", "city"),
        ("name", ""),
        ("name", "A" * 201),
        ("street", " "),
        ("street", "A" * 121),
        ("building_no", ""),
        ("building_no", "1" * 21),
        ("premises_no", "1" * 21),
        ("email", ""),
        ("email", "anna"),
        ("phone", "12345"),
        ("tenant_no", "1" * 41),
        ("tenancy_no", "1" * 41),
    ],
)
def test_each_field_has_its_rule(field: str, value: str) -> None:
    assert refused(**{field: value}) == [field]


def test_all_mistakes_are_told_at_once_in_the_order_of_the_screen() -> None:
    found = refused(
        kind="", name="", street="", building_no="", email="a@", phone="x", terms_accepted=False, privacy_read=False
    )
    assert found == ["kind", "name", "street", "building_no", "email", "phone", "terms", "privacy"]


@pytest.mark.parametrize("repeated", ["", "ana@example.com", "anna@example.com.pl"])
def test_two_addresses_have_to_be_the_same(repeated: str) -> None:
    assert refused(email_repeated=repeated) == ["email_repeated"]


def test_capitals_do_not_tell_two_addresses_apart() -> None:
    assert check_form(a_form(email_repeated="ANNA@example.com")).email == "anna@example.com"


@pytest.mark.parametrize("ticked", [False, None, 1, "true", "on", [True]])
@pytest.mark.parametrize("field", ["terms_accepted", "privacy_read"])
def test_only_a_real_tick_counts(field: str, ticked: Any) -> None:
    assert refused(**{field: ticked}) == ["terms" if field == "terms_accepted" else "privacy"]


@pytest.mark.parametrize("field", [*a_form().__slots__])
def test_no_value_breaks_the_reading(field: str) -> None:
    for value in FORGED:
        try:
            checked = check_form(a_form(**{field: value}))
        except InvalidFormError:
            continue
        for each in checked.__slots__:
            read = getattr(checked, each)
            assert read is None or (isinstance(read, str) and 0 < len(read) <= 254)
            assert "\x00" not in (read or "")
            (read or "").encode()


def test_forged_forms_are_read_or_refused() -> None:
    chance = random.Random(11)
    for _ in range(3000):
        fields = chance.sample(a_form().__slots__, 4)
        values = {field: chance.choice(FORGED[:-8]) for field in fields}
        values = {field: value if not isinstance(value, str) else value[:5000] for field, value in values.items()}
        with suppress(InvalidFormError):
            check_form(a_form(**values))


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("  Anna\t Kowalska\n", "Anna Kowalska"),
        ("An\x00na", "Anna"),
        ("An\u200bna\u202e", "Anna"),
        ("Z\u0307aneta", "Żaneta"),
        ("x" * 6, None),
        ("x" * 5, "x" * 5),
        (5, ""),
    ],
)
def test_text_becomes_one_visible_line(typed: object, read: str | None) -> None:
    assert one_line(typed, longest=5 if "x" in str(typed) else 40) == read


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("jan@gmial.com", "jan@gmail.com"),
        ("jan@gamil.com", "jan@gmail.com"),
        ("jan@gmail.con", "jan@gmail.com"),
        ("jan@gmail.pl", "jan@gmail.com"),
        ("jan@gmal.com", "jan@gmail.com"),
        ("jan@wp.lp", "jan@wp.pl"),
        ("jan@onte.pl", "jan@onet.pl"),
        ("jan@intera.pl", "jan@interia.pl"),
        ("jan@outlok.com", "jan@outlook.com"),
        ("jan@o2.pll", "jan@o2.pl"),
        ("jan@gmail.com", None),
        ("jan@o2.pl", None),
        ("jan@op.pl", None),
        ("jan@email.com", None),
        ("jan@uml.lodz.pl", None),
        ("jan@firma.pl", None),
        ("jan@up.pl", None),
    ],
)
def test_slip_in_a_common_provider_is_asked_about(typed: str, meant: str | None) -> None:
    assert suggested_email(typed) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "anna", "anna@", "@wp.pl", "an na@wp.pl", "anna@wp", "anna@localhost", "a..b@wp.pl", "żaneta@wp.pl", '"a"@wp.pl',
        "Anna <anna@wp.pl>", "anna@wp.pl,jan@wp.pl", "anna@[127.0.0.1]", "a@" + "b" * 300 + ".pl", "anna@wp..pl",
        "anna@wp.pl\r\nBcc: jan@wp.pl", "anna@-wp.pl",
    ],
)  # fmt: skip
def test_what_no_mailbox_is_called_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInputError) as refusal:
        normal_email(typed)
    assert refusal.value.field == "email"


def test_address_of_another_alphabet_is_kept_in_ascii() -> None:
    assert normal_email("Jan@żółw.pl") == "jan@xn--w-uga1v8h.pl"


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("600700800", "600 700 800"),
        ("+48 600 700 800", "600 700 800"),
        ("0048 600 700 800", "600 700 800"),
        ("48600700800", "600 700 800"),
        ("(42) 123-45-67", "42 123 45 67"),
        ("+49 30 1234567", "+49 30 1234567"),
    ],
)
def test_telephone_numbers_get_one_spelling(typed: str, read: str) -> None:
    assert phone_words(e164(typed)) == read


@pytest.mark.parametrize(
    "typed", ["1234", "60070080", "6007008001", "zadzwoń", "600700800 wew. 1", "+1", "٦٠٠٧٠٠٨٠٠", "+" + "1" * 16]
)
def test_what_nobody_can_dial_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInputError):
        e164(typed)
