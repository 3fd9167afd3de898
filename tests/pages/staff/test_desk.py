from sqlalchemy.orm import Session

from core.access.scopes import Role
from tests.cast import make_batch, make_entry, make_tenancy, make_tenant
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
