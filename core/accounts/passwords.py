"""Password rules and hashing (argon2id). Hashes are slow on purpose: only as many run at once as there are processors."""

import os
import re
import secrets
import threading
import unicodedata
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from core.access.models import Realm
from core.accounts.models import Employee, PortalAccount
from core.errors import InvalidInputError
from core.settings import ROOT

SERVICE_NAMES = ("iok", "najemca", "portal")
TENANT_LENGTH = (8, 15)  # what the landlord's terms promise
EMPLOYEE_LENGTH = (15, 128)
LONGEST_TRIED = 256  # nobody's password is longer; more would only be work for us

# OWASP's second recommended profile: 19 MiB, two passes, one lane; about 17 ms of one processor.
hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_at_once = threading.BoundedSemaphore(max(2, os.cpu_count() or 2))
_LEET = str.maketrans("013457@$!ąćęłńóśźż", "oieastasiacelnoszz")


def hash_password(password: str) -> str:
    """The argon2id hash of a password, in PHC format."""
    with _at_once:
        return hasher.hash(_normal(password))


@lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    # Verified in place of the hash of an account that does not exist: the same work for everybody.
    return hash_password(secrets.token_urlsafe(16))


def verify_password(stored: str | None, password: str) -> bool:
    """Whether the password is the one behind the stored hash; None (no such account) costs the same and is False."""
    target = stored or _nobodys_hash()
    with _at_once:
        try:
            hasher.verify(target, _normal(password))
        except (VerificationError, InvalidHashError):
            return False
    return stored is not None


def signing_in_hash(subject: PortalAccount | Employee) -> str | None:
    """The hash of what signs in now: the own password, or a tenant's initial one until there is an own one."""
    if isinstance(subject, PortalAccount):
        return subject.password_hash or subject.initial_password_hash
    return subject.password_hash


def check_new_password(password: str, *, realm: Realm, login: str) -> None:
    """Refuse a new password that breaks a rule; raises InvalidInputError naming the first broken one.

    Tenants: 8–15 characters, lower-case, upper-case and digit (Polish letters count). Employees: at least 15
    characters. Nobody: a common password, the identifier or the service's name in it, white space at the ends.
    """
    text = _normal(password)
    reason = _broken_rule(text, realm=realm, login=login)
    if reason:
        raise InvalidInputError(reason, field="password")


def generate_password(realm: Realm) -> str:
    """A random password that follows the rules of the realm and is easy to copy from paper."""
    length = 12 if realm is Realm.TENANT else 20
    while True:
        made = "".join(
            secrets.choice("abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789") for _ in range(length)
        )
        if not _broken_rule(made, realm=realm, login=""):
            return made


def _normal(password: str) -> str:
    # Cut first: normalising is quadratic in a run of combining marks, and anybody may send a megabyte of them.
    return unicodedata.normalize("NFC", password[:LONGEST_TRIED])


def _broken_rule(text: str, *, realm: Realm, login: str) -> str | None:
    shortest, longest = TENANT_LENGTH if realm is Realm.TENANT else EMPLOYEE_LENGTH
    if not shortest <= len(text) <= longest:
        return f"Hasło musi mieć od {shortest} do {longest} znaków."
    if text != text.strip():
        return "Hasło nie może zaczynać się ani kończyć spacją."
    mixed = any(c.islower() for c in text) and any(c.isupper() for c in text) and re.search("[0-9]", text)
    if realm is Realm.TENANT and not mixed:
        return "Hasło musi zawierać małą literę, wielką literę i cyfrę."
    plain = text.casefold()
    if login and login.casefold() in plain:
        return "Hasło nie może zawierać identyfikatora."
    if any(name in plain for name in SERVICE_NAMES):
        return "Hasło nie może zawierać słów IOK, najemca, portal."
    if plain in _common() or _core(plain) in _common():
        return "To hasło jest zbyt popularne. Wybierz inne."
    return None


def _core(plain: str) -> str:
    # "P@ssw0rd123!" and "Hasło2026" are the common word with what everybody adds to satisfy the rules.
    return plain.rstrip("0123456789!?.@#$%&*_-+").translate(_LEET)


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    lines = (ROOT / "data" / "common_passwords.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))
