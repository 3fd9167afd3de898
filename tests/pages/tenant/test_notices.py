"""The inbox on the home page, and the choice to have it by mail."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.accounts.models import PortalAccount
from core.clock import today
from core.db import reading
from core.notices.inbox import Telling, tell
from core.notices.models import NoticeKind
from core.registry.models import Tenant
from tests.cast import make_tenancy, make_tenant
from tests.pages.conftest import open_portal, shown

FACTS: dict[NoticeKind, dict[str, str]] = {
    NoticeKind.WINDOW_OPENS: {"opens_on": "1.12.2026", "closes_on": "9.12.2026", "reading_day": "", "meters": "a\nb"},
    NoticeKind.WINDOW_CLOSES: {"opens_on": "", "closes_on": "10.12.2026", "reading_day": "", "meters": "zimna woda"},
    NoticeKind.READING_REJECTED: {"meter": "W1", "read_on": "2.12.2026", "value": "5 m³", "reason": "<b>Zły</b>"},
    NoticeKind.VERIFICATION_ENDS: {"meter": "W2", "until": "3.12.2026"},
    NoticeKind.ANNOUNCEMENT: {"announcement_id": "7", "version": "1", "title": "Remont <i>klatki</i>"},
    NoticeKind.EMERGENCY: {"announcement_id": "8", "version": "2", "title": "Gaz"},
    NoticeKind.CONTACT_DECIDED: {"what": "Zatwierdziliśmy nowy adres."},
    NoticeKind.LETTER: {"letters": "3"},
    NoticeKind.FAULT_CHANGED: {"number": "A/000009/2026", "report_id": "9", "what": "w realizacji. <b>Jutro</b>"},
    NoticeKind.QUESTION_ANSWERED: {"number": "P/000001/2026", "thread_id": "9"},
    NoticeKind.DATA_READY: {"until": "30.11.2026"},
    NoticeKind.DATA_FAILED: {"asked_on": "23.11.2026"},
    NoticeKind.CLOSING_REJECTED: {"answer": "Najpierw <u>spłata</u>."},
}


def told(session: Session, *kinds: NoticeKind, shown_until: date | None = None) -> Tenant:
    anna = make_tenant(session)
    make_tenancy(session, anna)
    for kind in kinds:
        telling = Telling(anna.id, "k", FACTS[kind])
        tell(session, kind=kind, tellings=[telling], shown_until=shown_until or today())
    return anna


def test_each_kind_says_what_it_is_about(session: Session) -> None:
    html = shown(open_portal(session, told(session, *NoticeKind)).run())
    for word in (
        "Od 1.12.2026 do 9.12.2026",
        "a; b",
        "Do 10.12.2026",
        "Powód: &lt;b&gt;Zły&lt;/b&gt;",
        "3.12.2026: W2",
        "Nowe ogłoszenie. Remont &lt;i&gt;klatki&lt;/i&gt;.",
        'href="/ogloszenia?nr=7"',
        "Zmieniono ogłoszenie. Gaz.",
        "Dane kontaktowe. Zatwierdziliśmy nowy adres.",
        "Nowe pismo. W korespondencji czekają 3 pisma, których jeszcze nie otwarto.",
        'href="/korespondencja"',
        "Twoje zgłoszenie. A/000009/2026: w realizacji. &lt;b&gt;Jutro&lt;/b&gt;",
        'href="/zgloszenia?nr=9"',
        "Odpowiedź na pytanie. Odpowiedzieliśmy na pytanie P/000001/2026.",
        'href="/korespondencja?pytanie=9"',
        "Plik z Twoimi danymi jest gotowy. Pobierzesz go na stronie Moje konto do 30.11.2026.",
        "Plik z Twoimi danymi nie powstał. Przepraszamy.",
        "zamknięcie konta: Najpierw &lt;u&gt;spłata&lt;/u&gt;.",
        'href="/konto"',
    ):
        assert word in html
    assert html.index("Gaz.") < html.index("3.12.2026: W2"), "an emergency stands first"


def test_put_away_is_gone(session: Session) -> None:
    app = open_portal(session, told(session, NoticeKind.VERIFICATION_ENDS)).run()
    (button,) = [one for one in app.button if one.label == "Odłóż powiadomienie"]
    app = button.click().run()
    assert "Co nowego" not in [one.value for one in app.header]


def test_home_without_notices_has_no_inbox(session: Session) -> None:
    app = open_portal(session, told(session)).run()
    assert "Co nowego" not in [one.value for one in app.header]
    assert "Co nowego" in [one.value for one in open_portal(session, told(session, NoticeKind.LETTER)).run().header]


def test_mail_is_turned_off_and_on_by_topic(session: Session) -> None:
    app = open_portal(session, told(session)).run().switch_page("pages/tenant/contact.py").run()
    for wanted, muted in ((False, "announcements"), (True, "")):
        app.checkbox(key="mail_announcements").set_value(wanted)
        (button,) = [one for one in app.button if one.label == "Zapisz wybór"]
        app.radio(key="mail_daily").set_value("Raz dziennie, wszystkie w jednej wiadomości")
        app = button.click().run()
        assert "Zapisano, o czym piszemy e-mailem." in shown(app)
        with reading() as other:
            row = select(PortalAccount.muted_topics, PortalAccount.daily_digest)
            assert other.execute(row).one() == (muted, True)
