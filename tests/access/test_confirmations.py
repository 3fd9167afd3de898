"""A confirmation works once, for one action on one object, for whom it was shown."""

from datetime import UTC, datetime, timedelta

import pytest
from freezegun import freeze_time
from sqlalchemy.orm import Session

from core.access.confirmations import TOKEN_LIFE, ConfirmationUsedError, mint_confirmation, use_confirmation
from core.access.scopes import EmployeeScope, Role
from tests.cast import sign_in_employee


@pytest.fixture
def admin(session: Session) -> EmployeeScope:
    return sign_in_employee(session, Role.ADMIN)


def test_confirmation_works_once(session: Session, admin: EmployeeScope) -> None:
    token = mint_confirmation(session, admin, purpose="block", object_id=7)
    use_confirmation(session, admin, purpose="block", object_id=7, token=token)
    with pytest.raises(ConfirmationUsedError):
        use_confirmation(session, admin, purpose="block", object_id=7, token=token)


@pytest.mark.parametrize(("purpose", "object_id"), [("close", 7), ("block", 8)])
def test_confirmation_is_for_one_action_on_one_object(
    session: Session, admin: EmployeeScope, purpose: str, object_id: int
) -> None:
    token = mint_confirmation(session, admin, purpose="block", object_id=7)
    with pytest.raises(ConfirmationUsedError):
        use_confirmation(session, admin, purpose=purpose, object_id=object_id, token=token)


def test_confirmation_is_not_a_colleagues(session: Session, admin: EmployeeScope) -> None:
    token = mint_confirmation(session, admin, purpose="block", object_id=7)
    colleague = sign_in_employee(session, Role.ADMIN, employee_id=2)
    with pytest.raises(ConfirmationUsedError):
        use_confirmation(session, colleague, purpose="block", object_id=7, token=token)


def test_later_confirmation_replaces_the_earlier(session: Session, admin: EmployeeScope) -> None:
    earlier = mint_confirmation(session, admin, purpose="block", object_id=7)
    later = mint_confirmation(session, admin, purpose="block", object_id=7)
    with pytest.raises(ConfirmationUsedError):
        use_confirmation(session, admin, purpose="block", object_id=7, token=earlier)
    use_confirmation(session, admin, purpose="block", object_id=7, token=later)


def test_confirmation_grows_old(session: Session, admin: EmployeeScope) -> None:
    with freeze_time(datetime(2026, 11, 25, 9, tzinfo=UTC)) as clock:
        token = mint_confirmation(session, admin, purpose="block", object_id=7)
        clock.tick(TOKEN_LIFE + timedelta(seconds=1))
        with pytest.raises(ConfirmationUsedError):
            use_confirmation(session, admin, purpose="block", object_id=7, token=token)
