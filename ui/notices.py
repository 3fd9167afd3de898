"""The tenant's inbox on the home page."""

from collections.abc import Mapping, Sequence

import streamlit as st

from core.access.scopes import TenantScope
from core.accounts.notice_choice import choose_topics_by_mail, has_daily_digest, topics_by_mail
from core.db import reading, transaction
from core.errors import DomainError
from core.notices.inbox import InboxLine, dismiss, inbox
from core.notices.models import TOPICS, NoticeKind, Topic
from ui import formats
from ui.announcements import announcement_link
from ui.fault_photos import fault_link
from ui.layout import Tone, link_list, note, section
from ui.letters import PATH as LETTERS_PATH
from ui.questions import question_link

TITLES = {
    NoticeKind.WINDOW_OPENS: "Podaj stany wodomierzy",
    NoticeKind.WINDOW_CLOSES: "Zostało kilka dni na odczyt",
    NoticeKind.READING_REJECTED: "Odczyt nie został przyjęty",
    NoticeKind.VERIFICATION_ENDS: "Kończy się legalizacja wodomierza",
    NoticeKind.ANNOUNCEMENT: "Nowe ogłoszenie",
    NoticeKind.EMERGENCY: "Pilne ogłoszenie",
    NoticeKind.CONTACT_DECIDED: "Dane kontaktowe",
    NoticeKind.LETTER: "Nowe pismo",
    NoticeKind.FAULT_CHANGED: "Twoje zgłoszenie",
    NoticeKind.QUESTION_ANSWERED: "Odpowiedź na pytanie",
    NoticeKind.DATA_READY: "Plik z Twoimi danymi jest gotowy",
    NoticeKind.DATA_FAILED: "Plik z Twoimi danymi nie powstał",
    NoticeKind.CLOSING_REJECTED: "Konto pozostaje otwarte",
}
TONES: dict[NoticeKind, Tone] = {
    NoticeKind.WINDOW_CLOSES: "attention",
    NoticeKind.READING_REJECTED: "attention",
    NoticeKind.EMERGENCY: "urgent",
    NoticeKind.DATA_FAILED: "attention",
}
TOPIC_WORDS = {
    Topic.READINGS: "Odczyty wodomierzy: okno odczytowe, odrzucony odczyt",
    Topic.VERIFICATION: "Koniec legalizacji wodomierza",
    Topic.ANNOUNCEMENTS: "Ogłoszenia",
    Topic.CONTACT: "Decyzje w sprawie danych kontaktowych",
    Topic.LETTERS: "Nowe pisma w portalu (bez ich treści)",
    Topic.FAULTS: "Zgłoszenia awarii: zmiana stanu, wiadomość z rejonu",
    Topic.QUESTIONS: "Odpowiedzi na Twoje pytania (bez ich treści)",
    Topic.ACCOUNT: "Konto: plik z Twoimi danymi, odpowiedź na prośbę o zamknięcie konta",
}
HOW_OFTEN = {"Od razu, każde osobno": False, "Raz dziennie, wszystkie w jednej wiadomości": True}
ANNOUNCEMENTS = (NoticeKind.ANNOUNCEMENT, NoticeKind.EMERGENCY)


def urgent_notices(scope: TenantScope) -> list[InboxLine]:
    """Show emergencies, before anything else on the screen; what there is besides is for `notices`."""
    with reading() as session:
        lines = inbox(session, scope)
    urgent = [one for one in lines if one.kind is NoticeKind.EMERGENCY]
    for line in urgent:
        _notice(scope, line)
    return [one for one in lines if one not in urgent]


def notices(scope: TenantScope, lines: Sequence[InboxLine]) -> None:
    """What is new, each to be put away; nothing where there is nothing."""
    if not lines:
        return
    section("Co nowego")
    for line in lines:
        _notice(scope, line)


def notice_choice(scope: TenantScope) -> str | None:
    """Which notices come by mail too; what to say once it is kept."""
    section("Powiadomienia e-mailem")
    with reading() as session:
        chosen, daily = topics_by_mail(session, scope), has_daily_digest(session, scope)
    note("Na stronie głównej są zawsze wszystkie. Pilne ogłoszenia, na przykład o awarii, wysyłamy każdemu.")
    with st.form("topics"):
        ticked = [
            topic
            for topic, words in TOPIC_WORDS.items()
            if st.checkbox(words, value=topic in chosen, key=f"mail_{topic}")
        ]
        how = st.radio("Jak często", list(HOW_OFTEN), index=int(daily), key="mail_daily")
        sent = st.form_submit_button("Zapisz wybór")
    if not sent:
        return None
    with transaction() as session:
        choose_topics_by_mail(session, scope, wanted=ticked, daily=HOW_OFTEN[how or next(iter(HOW_OFTEN))])
    return "Zapisano, o czym piszemy e-mailem."


def _notice(scope: TenantScope, line: InboxLine) -> None:
    title = "Zmieniono ogłoszenie" if line.facts.get("version", "1") != "1" else TITLES[line.kind]
    note(f"{title}. {words(line.kind, line.facts)}", tone=TONES.get(line.kind, "information"))
    with st.container(horizontal=True, vertical_alignment="center", key=f"notice-{line.notice_id}"):
        link_list([_way(line)], label=title)
        put_away = st.button("Odłóż powiadomienie", key=f"dismiss-{line.notice_id}", help=title)
    if put_away:
        try:
            with transaction() as session:
                dismiss(session, scope, notice_id=line.notice_id)
        except DomainError:
            pass  # put away in another window: gone is what was wanted
        st.rerun()


def _way(line: InboxLine) -> tuple[str, str]:
    if line.kind in ANNOUNCEMENTS:
        return f"Przeczytaj: {line.facts['title']}", announcement_link(line.facts["announcement_id"])
    if line.kind is NoticeKind.CONTACT_DECIDED:
        return "Przejdź do danych kontaktowych", "/dane-kontaktowe"
    if line.kind is NoticeKind.LETTER:
        return "Przejdź do korespondencji", LETTERS_PATH
    if line.kind is NoticeKind.FAULT_CHANGED:
        return f"Zobacz zgłoszenie {line.facts['number']}", fault_link(line.facts["report_id"])
    if line.kind is NoticeKind.QUESTION_ANSWERED:
        return "Przeczytaj odpowiedź", question_link(line.facts["thread_id"])
    if TOPICS[line.kind] is Topic.ACCOUNT:
        return "Przejdź do konta", "/konto"
    return "Przejdź do liczników", "/liczniki"


def words(kind: NoticeKind, facts: Mapping[str, str]) -> str:
    """What a notice says, in plain Polish."""
    if TOPICS[kind] is Topic.ACCOUNT:
        return _of_account(kind, facts)
    if kind in ANNOUNCEMENTS:
        return f"{facts['title']}."
    if kind is NoticeKind.CONTACT_DECIDED:
        return facts["what"]
    if kind is NoticeKind.LETTER:
        one = facts["letters"] == "1"
        waiting = "czeka pismo, którego" if one else f"{_letters(int(facts['letters']))}, których"
        return f"W korespondencji {waiting} jeszcze nie otwarto."
    if kind is NoticeKind.FAULT_CHANGED:
        return f"{facts['number']}: {facts['what']}"
    if kind is NoticeKind.QUESTION_ANSWERED:
        return f"Odpowiedzieliśmy na pytanie {facts['number']}."
    meters = facts.get("meters", "").replace("\n", "; ")
    if kind is NoticeKind.WINDOW_OPENS:
        day = f" Najlepiej z dnia {facts['reading_day']}." if facts["reading_day"] else ""
        return f"Od {facts['opens_on']} do {facts['closes_on']} czekamy na odczyty: {meters}.{day}"
    if kind is NoticeKind.WINDOW_CLOSES:
        return f"Do {facts['closes_on']} czekamy jeszcze na odczyty: {meters}."
    if kind is NoticeKind.READING_REJECTED:
        return f"{facts['value']} z {facts['read_on']}, {facts['meter']}. Powód: {facts['reason']} Podaj nowy odczyt."
    return f"{facts['until']}: {facts['meter']}. Administrator umówi się z Tobą na wymianę."


def _of_account(kind: NoticeKind, facts: Mapping[str, str]) -> str:
    if kind is NoticeKind.DATA_READY:
        return f"Pobierzesz go na stronie Moje konto do {facts['until']}."
    if kind is NoticeKind.DATA_FAILED:
        return "Przepraszamy. Na stronie Moje konto możesz od razu poprosić o niego jeszcze raz."
    return f"Odpowiedź rejonu na prośbę o zamknięcie konta: {facts['answer']}"


def _letters(number: int) -> str:
    few = number % 10 in (2, 3, 4) and number % 100 not in (12, 13, 14)
    return f"{'czekają' if few else 'czeka'} {formats.plural(number, 'pismo', 'pisma', 'pism')}"
