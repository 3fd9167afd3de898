"""Wielkość tekstu: chosen in Moje konto, and written into every page for the browser."""

from sqlalchemy.orm import Session

from tests.cast import make_tenancy, make_tenant
from tests.pages.conftest import open_portal, shown


def test_chosen_size_is_written_into_every_page(session: Session) -> None:
    anna = make_tenant(session)
    make_tenancy(session, anna)
    app = open_portal(session, anna).run().switch_page("pages/tenant/account.py").run()
    assert "data-iok-text" not in shown(app), "a browser keeps its own until somebody chooses"

    app.radio(key="text_size").set_value(125)
    (button,) = [one for one in app.button if one.label == "Zapisz wielkość tekstu"]
    app = button.click().run()

    assert "Wielkość tekstu: większy (125%)." in shown(app)
    assert '<p class="iok-person" data-iok-text="125">' in shown(app)
    assert app.radio(key="text_size").value == 125
    assert 'data-iok-text="125"' in shown(app.switch_page("pages/tenant/home.py").run())


def test_usual_size_is_a_choice_too(session: Session) -> None:
    app = open_portal(session, make_tenant(session)).run().switch_page("pages/tenant/account.py").run()
    (button,) = [one for one in app.button if one.label == "Zapisz wielkość tekstu"]
    assert 'data-iok-text="100"' in shown(button.click().run())
