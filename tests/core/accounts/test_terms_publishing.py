"""A new version of the terms is looked at first and put in force once."""

import dataclasses

import pytest

from core.access.confirmations import ConfirmationUsedError
from core.access.models import Realm
from core.access.scopes import EmployeeScope, GateClosedError, Role, require_live
from core.access.sessions import key_of
from core.accounts.sign_in import employee_scope, tenant_scope
from core.accounts.terms import current_terms
from core.accounts.terms_publishing import draft_terms, publish_draft, terms_versions
from core.db import reading, transaction
from core.errors import InvalidInputError, NotPermittedError
from tests.accounts import EMPLOYEE_PASSWORD, make_account, make_employee, signed_in


@pytest.fixture
def admin(database: str) -> EmployeeScope:
    with transaction() as session:
        make_employee(session, Role.ADMIN, login="adela")
        make_employee(session, Role.HEAD, login="helena")
        make_account(session, login="anna")
        make_account(session, login="jan", name="Jan Nowak")
    return enter("adela")


def enter(login: str) -> EmployeeScope:
    raw_id = signed_in(Realm.STAFF, login=login, password=EMPLOYEE_PASSWORD)
    with reading() as session:
        return employee_scope(session, key_of(raw_id))


def test_draft_says_how_many_will_be_asked_and_changes_nothing(admin: EmployeeScope) -> None:
    draft = draft_terms(admin, version="1.0", text="Treść", changes="")
    assert draft.accounts == 2
    with reading() as session:
        assert current_terms(session) is None


def test_published_draft_stands_before_everybody(admin: EmployeeScope) -> None:
    raw_id = signed_in()
    draft = draft_terms(admin, version="1.0", text="Treść", changes="Wszystko")
    with transaction() as session:
        publish_draft(session, admin, draft=draft)
    with reading() as session:
        assert [(one.version, one.changes, one.accepted) for one in terms_versions(session, admin)] == [
            ("1.0", "Wszystko", 0)
        ]
        scope = tenant_scope(session, key_of(raw_id))
        with pytest.raises(GateClosedError):
            require_live(session, scope)


def test_draft_is_published_once_and_as_it_was_looked_at(admin: EmployeeScope) -> None:
    draft = draft_terms(admin, version="1.0", text="Treść", changes="")
    with transaction() as session, pytest.raises(ConfirmationUsedError):
        publish_draft(session, admin, draft=dataclasses.replace(draft, text="Inna treść"))
    with transaction() as session:
        publish_draft(session, admin, draft=draft)
    with transaction() as session, pytest.raises(ConfirmationUsedError):
        publish_draft(session, admin, draft=draft)


def test_draft_follows_the_rules_of_publishing(admin: EmployeeScope) -> None:
    with transaction() as session:
        publish_draft(session, admin, draft=draft_terms(admin, version="1.0", text="Treść", changes=""))
    for version, text, field in (
        ("", "x", "version"),
        ("2.0", " ", "text"),
        ("1.0", "x", "version"),
        ("2", "Treść", "text"),
    ):
        with pytest.raises(InvalidInputError) as refused:
            draft_terms(admin, version=version, text=text, changes="")
        assert refused.value.field == field


def test_only_an_administrator_of_users_publishes(admin: EmployeeScope) -> None:
    draft = draft_terms(admin, version="1.0", text="Treść", changes="")
    head = enter("helena")
    with pytest.raises(NotPermittedError):
        draft_terms(head, version="1.0", text="Treść", changes="")
    with transaction() as session:
        for refused in (
            lambda: publish_draft(session, head, draft=draft),
            lambda: terms_versions(session, head),
        ):
            with pytest.raises(NotPermittedError):
                refused()
