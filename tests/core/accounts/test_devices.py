"""One sees where one is signed in and ends it there; a neighbour's sessions are nobody else's business."""

import pytest

from core.access.models import Realm
from core.access.scopes import TenantScope
from core.access.sessions import key_of
from core.accounts.devices import device_name, end_device, end_other_devices, sign_in_history, signed_in_devices
from core.accounts.sign_in import WrongCredentialsError, sign_in, tenant_scope
from core.db import reading, transaction
from core.errors import NotFoundError, SessionEndedError
from tests.accounts import make_account, signed_in

ANDROID = (
    "Mozilla/5.0 (Linux; Android 14; SM-A155F) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile "
    "Safari/537.36"
)


@pytest.fixture
def anna(database: str) -> TenantScope:
    with transaction() as session:
        make_account(session, login="anna")
        make_account(session, login="jan", name="Jan Nowak")
    return scope_of("anna")


def scope_of(login: str) -> TenantScope:
    raw_id = signed_in(login=login)
    with reading() as session:
        return tenant_scope(session, key_of(raw_id))


def lives(scope: TenantScope) -> bool:
    try:
        with reading() as session:
            tenant_scope(session, scope.session_key)
    except SessionEndedError:
        return False
    return True


def test_one_sees_all_of_one_s_sessions_and_only_those(anna: TenantScope) -> None:
    scope_of("anna")
    jan = scope_of("jan")
    with reading() as session:
        assert [one.here for one in signed_in_devices(session, anna)] == [True, False]
        assert [one.here for one in signed_in_devices(session, jan)] == [True]


def test_one_session_ends_at_once(anna: TenantScope) -> None:
    elsewhere = scope_of("anna")
    with reading() as session:
        other = next(one for one in signed_in_devices(session, anna) if not one.here)
    with transaction() as session:
        end_device(session, anna, session_id=other.session_id)
    assert (lives(anna), lives(elsewhere)) == (True, False)
    with transaction() as session, pytest.raises(NotFoundError):
        end_device(session, anna, session_id=other.session_id)


def test_neighbour_ends_nothing(anna: TenantScope) -> None:
    jan = scope_of("jan")
    with reading() as session:
        hers = signed_in_devices(session, anna)[0]
    with transaction() as session, pytest.raises(NotFoundError):
        end_device(session, jan, session_id=hers.session_id)
    with transaction() as session:
        assert end_other_devices(session, jan) == 0
    assert lives(anna)


def test_all_others_end(anna: TenantScope) -> None:
    others = [scope_of("anna"), scope_of("anna")]
    with transaction() as session:
        assert end_other_devices(session, anna) == 2
    assert [lives(one) for one in (anna, *others)] == [True, False, False]


def test_history_tells_right_and_wrong_attempts_of_oneself(anna: TenantScope) -> None:
    with pytest.raises(WrongCredentialsError):
        sign_in(Realm.TENANT, login="anna", password="zgadywane")
    with pytest.raises(WrongCredentialsError):
        sign_in(Realm.TENANT, login="jan", password="zgadywane")
    with reading() as session:
        assert [one.right for one in sign_in_history(session, anna)] == [False, True]


def test_ended_session_asks_nothing(anna: TenantScope) -> None:
    other = scope_of("anna")
    with transaction() as session:
        end_other_devices(session, anna)
    with reading() as session, pytest.raises(SessionEndedError):
        signed_in_devices(session, other)


@pytest.mark.parametrize(("agent", "name"), [(ANDROID, "Chrome, Android"), ("", "Nieznane urządzenie")])
def test_device_is_told_in_words(agent: str, name: str) -> None:
    assert device_name(agent) == name
