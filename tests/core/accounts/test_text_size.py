"""The size of type: kept for the account, whoever signs in with it and wherever."""

import pytest
from sqlalchemy.orm import Session

from core.accounts.sign_in import tenant_scope
from core.accounts.text_size import TextSize, choose_text_size
from core.errors import SessionEndedError
from tests.cast import end_session, make_account, make_tenant, sign_in_tenant


def test_size_goes_with_the_account_to_every_session(session: Session) -> None:
    anna, jan = make_tenant(session), make_tenant(session, "Jan Nowak")
    account = make_account(session, anna)
    here, there = (sign_in_tenant(session, anna, account_id=account.id) for _ in range(2))
    beside = sign_in_tenant(session, jan, account_id=make_account(session, jan).id)
    assert tenant_scope(session, here.session_key).text_percent is None

    choose_text_size(session, here, size=TextSize.LARGEST)

    assert tenant_scope(session, there.session_key).text_percent == 150
    assert tenant_scope(session, beside.session_key).text_percent is None


def test_ended_session_chooses_nothing(session: Session) -> None:
    anna = make_tenant(session)
    scope = sign_in_tenant(session, anna, account_id=make_account(session, anna).id)
    end_session(session, scope)
    with pytest.raises(SessionEndedError):
        choose_text_size(session, scope, size=TextSize.LARGE)
