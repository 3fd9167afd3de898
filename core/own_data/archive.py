"""The file itself: a ZIP with an index to read, one JSON with everything, a CSV for each section, and the enclosed files.

Of the same data and instant the same bytes, whenever and wherever it is made.
"""

import csv
import html
import io
import json
import shutil
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from sqlalchemy.orm import Session

from core.clock import local
from core.documents.storage import kept_file
from core.landlord import landlord
from core.own_data.collecting import SECTIONS
from core.own_data.sections import Enclosed, Row, Section, Value, whose
from core.words import harmless_cell

FIXED = (1980, 1, 1, 0, 0, 0)  # the first instant a ZIP can tell


@dataclass(frozen=True, slots=True)
class _Collected:
    section: Section
    rows: Sequence[Row]
    enclosed: Sequence[Enclosed]


def write_archive(session: Session, path: Path, *, tenant_id: int, as_of: datetime) -> int:
    """Write a tenant's data into a ZIP; how many files are in it. The caller has asked who may have it."""
    owner = whose(session, tenant_id=tenant_id)
    collected = [
        _Collected(one, list(one.rows(session, owner)), list(one.enclosed(session, owner))) for one in SECTIONS
    ]
    texts = {
        "index.html": _index(collected, as_of).encode(),
        "dane.json": _json(collected, as_of).encode(),
        **{f"csv/{one.section.key}.csv": _csv(one) for one in collected},
    }
    enclosed = [one for part in collected for one in part.enclosed]
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in texts.items():
            archive.writestr(_entry(name, zipfile.ZIP_DEFLATED), content)
        for file in enclosed:
            # PDF and JPEG are packed already.
            with kept_file(file.sha256).open("rb") as source, archive.open(_entry(file.name), "w") as target:
                shutil.copyfileobj(source, target, 1 << 20)
    return len(texts) + len(enclosed)


def _entry(name: str, compression: int = zipfile.ZIP_STORED) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, FIXED)
    info.compress_type, info.create_system, info.external_attr = compression, 3, 0o100644 << 16
    return info


def _json(collected: Sequence[_Collected], as_of: datetime) -> str:
    head: dict[str, object] = {"portal": landlord().name, "stan_na": _plain(as_of)}
    body = {
        one.section.key: [dict(zip(one.section.columns, map(_plain, row), strict=True)) for row in one.rows]
        for one in collected
    }
    return json.dumps({**head, **body}, ensure_ascii=False, indent=1)


def _plain(value: Value) -> str | int | None:
    """As programs read it: ISO 8601 on a Polish wall clock, amounts as text, so that no reader makes floats of them."""
    if isinstance(value, datetime):
        return local(value).isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:f}" if isinstance(value, Decimal) else value


def _csv(one: _Collected) -> bytes:
    """As Excel in Poland reads it: byte order mark, semicolons, decimal commas."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(one.section.columns)
    writer.writerows([_cell(value) for value in row] for row in one.rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _cell(value: Value) -> str | int:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{local(value):%Y-%m-%d %H:%M:%S}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}".replace(".", ",")
    return harmless_cell(value) if isinstance(value, str) else value


_STYLE = "body{max-width:46rem;margin:2rem auto;padding:0 1rem;font:1.0625rem/1.6 Arial,sans-serif;color:#0f1720}"


def _index(collected: Sequence[_Collected], as_of: datetime) -> str:
    who = landlord()
    owner = dict(zip(collected[0].section.columns, collected[0].rows[0], strict=True))
    told = "".join(_section(one) for one in collected)
    return (
        '<!doctype html>\n<html lang="pl"><head><meta charset="utf-8"><title>Twoje dane z portalu najemcy</title>'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<style>{_STYLE}</style></head><body>\n<h1>Twoje dane z portalu najemcy</h1>\n"
        f"<p>{_text(owner, 'nazwa')}, numer najemcy {_text(owner, 'numer_najemcy')}. "
        f"Stan na {local(as_of):%d.%m.%Y, %H:%M}.</p>\n"
        "<p>To kopia wszystkich danych, które portal przechowuje o Tobie (art. 15 i 20 RODO). "
        '<a href="dane.json">dane.json</a> zawiera wszystko w jednym pliku do odczytu przez programy, folder „csv” te same '
        "dane w tabelach do arkusza kalkulacyjnego.</p>\n<p>Nie ma tu haseł ani innych sekretów, wewnętrznych notatek "
        "pracowników i danych innych osób.</p>\n"
        f"{told}<h2>Pytania</h2>\n<p>{html.escape(who.name)}, {html.escape(who.data_protection_email)}</p>\n"
        "</body></html>\n"
    )


def _section(one: _Collected) -> str:
    key = html.escape(one.section.key)
    files = "".join(
        f'<li><a href="{html.escape(file.name)}">{html.escape(file.name)}</a></li>' for file in one.enclosed
    )
    return (
        f"<h2>{html.escape(one.section.title)}</h2>\n<p>{html.escape(one.section.about)}</p>\n"
        f'<p><a href="csv/{key}.csv">csv/{key}.csv</a>, wierszy: {len(one.rows)}</p>\n'
        + (f"<ul>{files}</ul>\n" if files else "")
    )


def _text(values: Mapping[str, Value], name: str) -> str:
    return html.escape(str(values[name]))
