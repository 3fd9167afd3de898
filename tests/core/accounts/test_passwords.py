"""Rules of new passwords and the hash behind them."""

import time
import unicodedata

import pytest

from core.access.models import Realm
from core.accounts.passwords import check_new_password, generate_password, hash_password, verify_password
from core.errors import InvalidInputError


@pytest.mark.parametrize("password", ["Zielona7", "Zażółć7gęś", "aB3!aB3!aB3!aB3", "Ślimak 12 idzie"])
def test_tenant_may_choose(password: str) -> None:
    check_new_password(password, realm=Realm.TENANT, login="k7mf2xq9")


@pytest.mark.parametrize(
    ("password", "because"),
    [
        ("Zielo7a", "from 8"),
        ("Zielona7Zielona7", "to 15"),
        ("zielona7", "upper-case"),
        ("ZIELONA7", "lower-case"),
        ("ZielonaBrama", "digit"),
        ("Zielona٧Brama", "an ASCII digit"),
        ("Zk7mf2xq9", "the identifier"),
        ("Iok12345678x", "the service"),
        ("Najemca2026x", "the service"),
        ("Haslo123", "common"),
        ("Hasło2026!", "common with an ending"),
        ("P@ssw0rd123", "common in disguise"),
        (" Zielona7", "a blank at the end"),
    ],
)
def test_tenant_may_not_choose(password: str, because: str) -> None:
    with pytest.raises(InvalidInputError) as refusal:
        check_new_password(password, realm=Realm.TENANT, login="k7mf2xq9")
    assert refusal.value.field == "password"


def test_employee_needs_fifteen_characters_of_any_kind() -> None:
    check_new_password("trzy kotki na dachu", realm=Realm.STAFF, login="ewa")
    with pytest.raises(InvalidInputError):
        check_new_password("trzy kotki 123", realm=Realm.STAFF, login="ewa")


@pytest.mark.parametrize("realm", list(Realm))
def test_generated_passwords_follow_the_rules(realm: Realm) -> None:
    made = {generate_password(realm) for _ in range(50)}
    assert len(made) == 50
    for password in made:
        check_new_password(password, realm=realm, login="k7mf2xq9")


def test_hash_is_argon2id_of_the_chosen_cost() -> None:
    assert hash_password("Zielona7Brama").startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_composed_and_decomposed_letters_are_the_same_password() -> None:
    stored = hash_password(unicodedata.normalize("NFD", "Zażółć7gęś"))
    assert verify_password(stored, unicodedata.normalize("NFC", "Zażółć7gęś"))


@pytest.mark.parametrize("stored", [None, "not a hash", pytest.param(hash_password("Zielona7Brama"), id="another")])
def test_wrong_password_is_false(stored: str | None) -> None:
    assert not verify_password(stored, "Zielona7Bram")


def test_a_megabyte_of_combining_marks_costs_no_more_than_a_password() -> None:
    marks = "a" + "\u0315\u0300" * 500_000
    start = time.process_time()
    assert not verify_password(None, marks)
    bare = time.process_time()
    assert not verify_password(None, "Kamienica7x")
    assert bare - start < 20 * (time.process_time() - bare)
