"""Korespondencja at the office: a parcel looked at, sent, followed, recalled; letters written from a text; the unmatched."""

from sqlalchemy import select
from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest

from core.access.scopes import Role
from core.accounts.sign_in import operator_scope
from core.correspondence.filing import file_batch
from core.correspondence.making import make_letters
from core.correspondence.matching import Doubt, Match
from core.correspondence.models import Letter, LetterBatch, LetterBatchState
from core.correspondence.own import open_letter
from core.correspondence.sending import discard_batch
from core.db import reading, transaction
from tests.core.announcements.cast import Resident, resident
from tests.core.contact.test_changing import at_home
from tests.core.correspondence.cast import clerk, paper, pdf, sent
from tests.pages.conftest import open_dashboard, shown

PAGE = "pages/staff/correspondence.py"


def desk(session: Session) -> AppTest:
    return open_dashboard(session, Role.EDITOR).run().switch_page(PAGE).run()


def press(app: AppTest, label: str) -> AppTest:
    (button,) = [one for one in app.button if one.label.replace("\u00a0", " ") == label]
    return button.click().run()


def view(app: AppTest, name: str) -> AppTest:
    return app.radio(key="letters_view").set_value(name).run()


def to(one: Resident) -> Match:
    return Match(one.tenant.id, one.tenancy.id)


def said(app: AppTest, words: str) -> bool:
    return words in shown(app)


def test_parcel_is_checked_looked_at_and_sent(session: Session) -> None:
    anna = resident(session, "Anna <b>K</b>")
    number = anna.tenant.tenant_no
    app = desk(session)
    assert said(app, "Nie ma jeszcze żadnej paczki.")
    app = view(app, "Wczytaj pisma")
    app.file_uploader(key="l_files").set_value(
        [(f"{number}.pdf", pdf("A"), "application/pdf"), ("<i>kto</i>.pdf", pdf("B"), "application/pdf"),
         ("zly.pdf", b"GIF89a", "application/pdf")]
    )  # fmt: skip
    app.text_input(key="l_title").set_value("Zmiana opłat")
    app = press(app, "Sprawdź pisma")
    assert said(app, "Pisma sprawdzone.")
    html = shown(app)
    assert "Anna &lt;b&gt;K&lt;/b&gt;" in html
    assert "w nazwie nie ma znanego numeru" in html
    assert "To nie jest plik PDF." in html
    app = press(app, "Wyślij paczkę")
    assert said(app, "Do najemców trafi 1 pismo.")
    assert said(app, "Bez najemcy: 1 pismo")
    app = press(app, "Tak, wyślij 1 pismo")
    assert said(app, "Wysłano 1 pismo.")
    with reading() as session:
        assert session.scalars(select(LetterBatch.state)).all() == [LetterBatchState.SENT]
        assert len(session.scalars(select(Letter.id).where(Letter.visible_at.is_not(None))).all()) == 1


def test_nothing_chosen_and_no_title_are_said(session: Session) -> None:
    app = press(view(desk(session), "Wczytaj pisma"), "Sprawdź pisma")
    assert said(app, "Pliki: Wybierz pliki z pismami.")
    app.file_uploader(key="l_files").set_value([("a.pdf", pdf(), "application/pdf")])
    app = press(app, "Sprawdź pisma")
    assert said(app, "Tytuł: Wpisz tytuł pism")
    with reading() as session:
        assert session.scalars(select(LetterBatch.id)).all() == []


def test_sent_batch_shows_openings_and_recalls_the_rest(session: Session) -> None:
    anna, jan, editor = at_home(session), resident(session, "Jan"), clerk(session)
    sent(session, editor, paper("A", to(anna)), paper("J", to(jan)))
    open_letter(session, anna.scope, letter_id=1)
    app = desk(session)
    assert said(app, "1 z 2")
    app = app.selectbox(key="l_pick").select_index(0).run()
    assert said(app, 'href="/pliki/poswiadczenie/1"')
    app = app.selectbox(key="l_filter_1").set_value("unopened").run()
    assert said(app, "Jan")
    assert not said(app, "poswiadczenie")
    app = press(app, "Sprawdź, ile można wycofać")
    assert said(app, "Do wycofania: 1 pismo. Zostanie otwartych: 1.")
    app = press(app, "Tak, wycofaj 1 pismo")
    assert said(app, "Wycofano 1 pismo.")
    with reading() as session:
        assert len(session.scalars(select(Letter.id).where(Letter.recalled_at.is_not(None))).all()) == 1


def test_batch_is_discarded(session: Session) -> None:
    file_batch(session, clerk(session), name="a.zip", papers=[paper("A", Doubt.NO_NUMBER)], refusals=[])
    app = desk(session)
    app = app.selectbox(key="l_pick").select_index(0).run()
    app = app.checkbox(key="l_discard_sure_1").set_value(True).run()
    app = press(app, "Odrzuć paczkę")
    assert said(app, "Paczkę odrzucono.")
    assert said(app, "Nie ma jeszcze żadnej paczki.")


def test_letter_without_a_tenant_is_given_to_whose_number_it_is(session: Session) -> None:
    anna = resident(session)
    number = anna.tenant.tenant_no
    sent(session, clerk(session), paper("pomyłka", Doubt.SEVERAL))
    app = view(desk(session), "Bez najemcy")
    assert said(app, "w nazwie są numery kilku najemców")
    app.text_input(key="l_number_1").set_value("nie ma")
    app = press(app, "Sprawdź, czyj to numer")
    assert said(app, "Numer: Nie ma takiego numeru najemcy ani umowy w Twoim rejonie.")
    app.text_input(key="l_number_1").set_value(number)
    app = press(app, "Sprawdź, czyj to numer")
    app = press(app, "Tak, pismo jest do: Anna")
    assert said(app, f"pomyłka.pdf: pismo trafiło do najemcy nr {number}.")
    assert said(app, "Każde wysłane pismo ma swojego najemcę.")


def test_letters_from_a_text_are_looked_at_made_paused_and_sent(session: Session) -> None:
    resident(session)
    resident(session, "Jan")
    app = view(desk(session), "Napisz z szablonu")
    app = app.selectbox(key="lw_kind").set_value("balance_confirmation").run()
    app.text_area(key="lw_body_balance_confirmation").set_value("Saldo {{ pomyłka }}")
    app = press(app, "Pokaż pierwsze pismo")
    assert said(app, "Treść: Nie ma pól: pomyłka.")
    app.text_area(key="lw_body_balance_confirmation").set_value("Saldo: {{ saldo }}")
    app = press(app, "Pokaż pierwsze pismo")
    assert said(app, "Potwierdzenie salda: powstanie 2 pisma.")
    app = press(app, "Przygotuj 2 pisma")
    assert said(app, "Przygotowujemy pisma.")
    app = press(app, "Wstrzymaj")
    assert said(app, "Wstrzymano. Gotowe: 0 z 2")
    app = press(app, "Wznów")
    assert make_letters(processes=0) == 2
    app = press(press(app.run(), "Wyślij paczkę"), "Tak, wyślij 2 pisma")
    assert said(app, "Wysłano 2 pisma.")
    with transaction() as later:
        assert len(later.scalars(select(Letter.id).where(Letter.visible_at.is_not(None))).all()) == 2
    app = view(press(app, "Wróć do listy paczek"), "Napisz z szablonu")
    app = app.selectbox(key="lw_kind").set_value("balance_confirmation").run()
    assert app.text_area(key="lw_body_balance_confirmation").value == "Saldo: {{ saldo }}", "the last text is offered"


def test_what_another_window_did_to_a_batch_is_said(session: Session) -> None:
    anna, editor = resident(session), clerk(session)
    batch = file_batch(session, editor, name="a.zip", papers=[paper("A", to(anna))], refusals=[])
    app = desk(session)
    app = app.selectbox(key="l_pick").select_index(0).run()
    with transaction() as other:
        discard_batch(other, operator_scope(), batch_id=batch)
    app = press(app, "Wyślij paczkę")
    assert said(app, "Ktoś już wysłał albo odrzucił tę paczkę w innym oknie.")
    assert not said(app.run(), "w innym oknie")


def test_letter_of_nobody_is_put_aside_after_a_second_word(session: Session) -> None:
    sent(session, clerk(session), paper("pomyłka", Doubt.SEVERAL))
    app = view(desk(session), "Bez najemcy")
    (button,) = [one for one in app.button if one.label == "Odłóż pismo na zawsze"]
    assert button.disabled
    app = app.checkbox(key="l_aside_sure_1").set_value(True).run()
    app = press(app, "Odłóż pismo na zawsze")
    assert said(app, "pomyłka.pdf: odłożono.")
    app = view(app, "Paczki pism")
    app = app.selectbox(key="l_pick").select_index(0).run()
    assert said(app, "odłożone")
    assert said(app, "Nie ma takich pism w tej paczce."), "nothing to print"


def test_way_back_from_a_batch_leads_to_the_batches(session: Session) -> None:
    sent(session, clerk(session), paper("A", Doubt.NO_NUMBER))
    app = open_dashboard(session, Role.CLERK).run().switch_page(PAGE).run()
    assert app.radio(key="letters_view").value == "Pytania"
    app = view(app, "Paczki pism")
    app = app.selectbox(key="l_pick").select_index(0).run()
    app = press(app, "Wróć do listy paczek")
    assert app.radio(key="letters_view").value == "Paczki pism"
