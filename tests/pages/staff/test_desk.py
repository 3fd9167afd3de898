from datetime import timedelta
from typing import Any

import pytest
import streamlit as st
from sqlalchemy.orm import Session

from core.access.scopes import Role
from core.activation.models import RequestState
from core.clock import now, today
from tests.cast import make_batch, make_entry, make_tenancy, make_tenant
from tests.core.activation.requests import make_request
from tests.pages.conftest import open_dashboard, shown


def test_desk_shows_counts_and_the_last_import(session: Session) -> None:
    batch = make_batch(session, file_name="kartoteka-11.csv", rows=1)
    make_entry(session, make_tenancy(session, make_tenant(session)), "2026-11-05", credit="1", batch=batch)

    html = shown(open_dashboard(session, Role.CLERK).run())

    assert "<b>1</b> Najemcy" in html
    assert "<dd>kartoteka-11.csv</dd>" in html
    assert "<dt>Wpłaty zaksięgowane do</dt><dd>05.11.2026</dd>" in html


def test_empty_installation_says_where_to_begin(session: Session) -> None:
    assert "Zacznij na stronie Import" in shown(open_dashboard(session, Role.ADMIN).run())


def test_desk_says_how_many_decisions_kept_the_deadline(session: Session) -> None:
    for days in (1, -1, 1):
        request = make_request(session, state=RequestState.COMPLETED, deadline_on=today() + timedelta(days=days))
        request.decided_at = now()
    make_request(session, state=RequestState.FILED, deadline_on=today() - timedelta(days=1))
    html = shown(open_dashboard(session, Role.CLERK).run())
    assert "2 z 3 w terminie (67%)" in html
    assert "<b>1</b> Po terminie" in html


def test_desk_of_an_editor_has_no_applications(session: Session) -> None:
    assert "Wnioski o konto" not in shown(open_dashboard(session, Role.EDITOR).run())


def test_menu_shows_all_pages_however_many(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[bool | int] = []
    navigation = st.navigation

    def noted(pages: Any, *, position: Any, expanded: bool | int = False) -> Any:
        told.append(expanded)
        return navigation(pages, position=position, expanded=expanded)

    monkeypatch.setattr(st, "navigation", noted)
    open_dashboard(session, Role.HEAD).run()
    assert told
    assert all(one is True for one in told), "else there is a button „View 4 more” before the rest of them"
