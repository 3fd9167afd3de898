"""The queue of fault reports as a file: read back as a spreadsheet would read it."""

import csv
import io

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.scopes import Role
from core.audit.models import AuditEvent
from core.clock import local, now
from core.errors import NotPermittedError
from core.exports.faults import export_faults
from core.faults.handling import change_status
from core.faults.models import FaultStatus
from core.faults.queue import FaultFilter
from tests.core.faults.cast import form, office, report, resident

ALL = FaultFilter(statuses=tuple(FaultStatus))


def rows(content: bytes) -> list[dict[str, str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_file_holds_what_the_filter_shows(session: Session) -> None:
    anna, clerk = resident(session, "Żaneta; Łuk"), office(session)
    first, second = report(session, anna), report(session, anna, form(description='=HYPERLINK("http://x")\ndruga'))
    change_status(session, clerk, report_id=first, to=FaultStatus.DONE)
    (line,) = rows(export_faults(session, clerk))
    assert line["opis"] == '\'=HYPERLINK("http://x")\ndruga', "no formula"
    assert (line["najemca"], line["stan"], line["po_terminie"], line["ocena"]) == (
        "Żaneta; Łuk", "przyjęte", "nie", "",
    )  # fmt: skip
    assert line["rodzaj"] == "Woda i kanalizacja: zatkany odpływ albo kanalizacja"
    assert line["zgloszono"].startswith(f"{local(now()):%Y-%m-%d %H:}")
    assert len(rows(export_faults(session, clerk, wanted=ALL))) == 2
    logged = session.scalars(select(AuditEvent.details).where(AuditEvent.action == "faults_exported")).all()
    assert logged == ['{"rows":1}', '{"rows":2}']
    assert second > first


def test_district_exports_its_own_and_nobody_without_permission(session: Session) -> None:
    anna, jan = resident(session), resident(session, "Jan", code="POLESIE")
    report(session, anna)
    assert rows(export_faults(session, office(session, jan.district), wanted=ALL)) == []
    with pytest.raises(NotPermittedError):
        export_faults(session, office(session, role=Role.ANALYST))
