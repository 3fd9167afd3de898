"""What a tenant takes away of the ledger: the statement, the confirmation of a balance, and files for a spreadsheet."""

from collections.abc import Callable

import streamlit as st

from core.access.scopes import TenantScope
from core.clock import today
from core.db import reading
from core.ledger.entries import LedgerFilter, LedgerSpan
from core.paying.confirmation import balance_confirmation
from core.paying.files import ledger_file
from core.paying.statement_paper import statement_paper
from core.paying.tenancy import paper_name
from core.registry.queries import TenancyCard
from ui import formats
from ui.layout import on_screen_only, paragraph, section

PDF = "application/pdf"
# Label, format of the core, ending, kind of content.
FILES = (
    ("Operacje dla Excela (CSV)", "csv-pl", "csv", "text/csv"),
    ("Operacje (XLSX)", "xlsx", "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
)


def ledger_papers(scope: TenantScope, tenancy: TenancyCard, chosen: LedgerFilter, span: LedgerSpan) -> None:
    """Buttons that make each paper when they are pressed."""
    day, number = today(), tenancy.tenancy_no
    since, until = chosen.since or span.first or day, chosen.until or max(span.last or day, day)
    with on_screen_only("papers"):
        section("Pobierz")
        paragraph(
            f"Zestawienie obejmuje wszystkie operacje od {formats.day(since)} do {formats.day(until)}, "
            "pliki dla arkusza to, co pokazują filtry."
        )
        with st.container(horizontal=True):
            _button(
                "Zestawienie (PDF)",
                lambda session: statement_paper(
                    session, scope, tenancy_id=tenancy.tenancy_id, since=since, until=until
                ),
                name=paper_name("Zestawienie", number, since, until),
                kind=PDF,
            )
            for label, file_format, suffix, kind in FILES:
                _button(
                    label,
                    lambda session, file_format=file_format: ledger_file(
                        session, scope, tenancy_id=tenancy.tenancy_id, chosen=chosen, file_format=file_format
                    ),
                    name=paper_name("Kartoteka", number, since, until, suffix=suffix),
                    kind=kind,
                )
        _confirmation(scope, tenancy)


def _confirmation(scope: TenantScope, tenancy: TenancyCard) -> None:
    first = min(tenancy.valid_from, today())
    day = st.date_input(
        "Saldo na koniec dnia",
        today(),
        min_value=first,
        max_value=today(),
        format="DD.MM.YYYY",
        key=f"balance-day-{tenancy.tenancy_id}",
    )
    if day is not None:
        _button(
            "Potwierdzenie salda (PDF)",
            lambda session: balance_confirmation(session, scope, tenancy_id=tenancy.tenancy_id, day=day),
            name=paper_name("Potwierdzenie-salda", tenancy.tenancy_no, day),
            kind=PDF,
        )


def _button(label: str, make: Callable[..., bytes], *, name: str, kind: str) -> None:
    """A button whose file is made, from a session of the database, when it is pressed."""

    def made() -> bytes:
        with reading() as session:
            return make(session)

    st.download_button(label, made, file_name=name, mime=kind, on_click="ignore", key=label)
