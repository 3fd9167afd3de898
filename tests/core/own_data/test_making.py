"""Files with own data are made behind the screens: once, again after a sudden end, and given up when it cannot be."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from freezegun import freeze_time
from freezegun.api import FrozenDateTimeFactory
from sqlalchemy import select

from core.commands import cli
from core.db import reading, transaction
from core.documents.storage import hash_file, kept_file
from core.notices.inbox import inbox
from core.notices.models import Notice, NoticeKind
from core.own_data import making
from core.own_data.archive import write_archive
from core.own_data.asking import ask_for_data
from core.own_data.making import LEASE, MOST_TRIES, any_data_to_make, make_data_exports
from core.own_data.models import DataExport, ExportState
from core.settings import settings
from tests.cast import make_account, make_tenant, sign_in_tenant
from tests.core.own_data.cast import unpacked

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


class KilledError(BaseException):
    """The program ends without a word."""


@pytest.fixture
def clock(database: str) -> Iterator[FrozenDateTimeFactory]:
    with freeze_time(NOW) as frozen:
        assert isinstance(frozen, FrozenDateTimeFactory)
        yield frozen


def asked(name: str = "Anna Kowalska") -> int:
    with transaction() as session:
        tenant = make_tenant(session, name)
        return ask_for_data(session, sign_in_tenant(session, tenant, account_id=make_account(session, tenant).id))


def state_of(export_id: int) -> str:
    with reading() as session:
        return session.get_one(DataExport, export_id).state


def notices() -> list[tuple[str, str]]:
    with reading() as session:
        return [(one.kind, one.facts) for one in session.scalars(select(Notice).order_by(Notice.id))]


def breaking(patch: pytest.MonkeyPatch, error: BaseException) -> None:
    def broken(*_: Any, **__: Any) -> int:
        raise error

    patch.setattr(making, "write_archive", broken)


def test_what_was_asked_for_is_made_kept_and_told(clock: FrozenDateTimeFactory) -> None:
    anna, jan = asked(), asked("Jan")
    assert any_data_to_make()
    assert make_data_exports() == 2
    assert not any_data_to_make()
    assert make_data_exports() == 0
    with reading() as session:
        one = session.get_one(DataExport, anna)
        path = kept_file(one.sha256 or "")
        assert (one.state, one.ready_at, one.size) == (ExportState.READY, NOW, path.stat().st_size)
        assert hash_file(path) == one.sha256
        assert len(unpacked(path.read_bytes())) == one.files
        assert b"Anna Kowalska" in unpacked(path.read_bytes())["dane.json"]
    assert state_of(jan) == ExportState.READY
    assert notices() == [(NoticeKind.DATA_READY, '{"until": "30.11.2026, 10:00"}')] * 2
    assert list((settings().var / "own-data").iterdir()) == []


def test_program_that_was_killed_is_followed_by_another_after_the_lease(
    clock: FrozenDateTimeFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    export_id = asked()
    with monkeypatch.context() as patch:
        breaking(patch, KilledError())
        with pytest.raises(KilledError):
            make_data_exports()
    assert state_of(export_id) == ExportState.MAKING
    assert make_data_exports() == 0, "somebody may still be at it"
    clock.tick(LEASE + timedelta(seconds=1))
    assert any_data_to_make()
    assert make_data_exports() == 1
    assert state_of(export_id) == ExportState.READY


def test_file_that_ends_every_program_is_given_up(
    clock: FrozenDateTimeFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    export_id = asked()
    breaking(monkeypatch, KilledError())
    for _ in range(MOST_TRIES):
        with pytest.raises(KilledError):
            make_data_exports()
        clock.tick(LEASE + timedelta(seconds=1))
    assert make_data_exports() == 0
    assert state_of(export_id) == ExportState.FAILED


def test_slow_program_enters_nothing_over_the_one_that_followed(
    clock: FrozenDateTimeFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    export_id = asked()
    real = write_archive

    def slow(*arguments: Any, **options: Any) -> int:
        monkeypatch.setattr(making, "write_archive", real)
        clock.tick(LEASE + timedelta(seconds=1))
        assert make_data_exports() == 1
        return real(*arguments, **options)

    monkeypatch.setattr(making, "write_archive", slow)
    assert make_data_exports() == 0
    assert state_of(export_id) == ExportState.READY
    assert len(notices()) == 1


def test_slow_program_enters_nothing_while_the_one_that_followed_is_at_it(
    clock: FrozenDateTimeFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    export_id = asked()

    def slow(*arguments: Any, **options: Any) -> int:
        clock.tick(LEASE + timedelta(seconds=1))
        with monkeypatch.context() as patch:
            breaking(patch, KilledError())
            with pytest.raises(KilledError):
                make_data_exports()
        return write_archive(*arguments, **options)

    monkeypatch.setattr(making, "write_archive", slow)
    assert make_data_exports() == 0
    assert (state_of(export_id), notices()) == (ExportState.MAKING, [])


def test_failure_is_told_and_keeps_nobody_else_waiting(
    clock: FrozenDateTimeFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, broken, good = write_archive, asked(), asked("Jan")

    def write(session: Any, path: Path, *, tenant_id: int, as_of: datetime) -> int:
        with reading() as other:
            if other.get_one(DataExport, broken).tenant_id == tenant_id:
                raise OSError("disk")
        return real(session, path, tenant_id=tenant_id, as_of=as_of)

    monkeypatch.setattr(making, "write_archive", write)
    assert make_data_exports() == 1
    assert (state_of(broken), state_of(good)) == (ExportState.FAILED, ExportState.READY)
    assert [kind for kind, _ in notices()] == [NoticeKind.DATA_FAILED, NoticeKind.DATA_READY]
    with transaction() as session:
        one = session.get_one(DataExport, broken)
        scope = sign_in_tenant(session, make_tenant(session, "Ktoś"), account_id=one.account_id)
        assert inbox(session, scope) == []
    assert list((settings().var / "own-data").iterdir()) == []


def test_as_many_as_were_wanted_are_made(clock: FrozenDateTimeFactory) -> None:
    for name in ("Anna", "Jan", "Ewa"):
        asked(name)
    assert (make_data_exports(most=1), make_data_exports(most=1), make_data_exports()) == (1, 1, 1)


def test_what_a_killed_program_left_on_the_disk_is_swept(clock: FrozenDateTimeFactory) -> None:
    folder = settings().var / "own-data"
    folder.mkdir(parents=True)
    left, new = folder / "a.zip", folder / "b.zip"
    for path, age in ((left, LEASE + timedelta(seconds=1)), (new, LEASE - timedelta(seconds=1))):
        path.write_bytes(b"PK")
        at = (NOW - age).timestamp()
        os.utime(path, (at, at))
    asked()
    make_data_exports()
    assert list(folder.iterdir()) == [new]


def test_command_makes_them(clock: FrozenDateTimeFactory, capsys: pytest.CaptureFixture[str]) -> None:
    asked()
    cli(["own-data"], standalone_mode=False)
    assert capsys.readouterr().out == "Przygotowane pliki z danymi: 1.\n"
