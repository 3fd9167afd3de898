"""Notices by mail: each at once, or all of a day in one message for who wants it so; emergencies never wait."""

from datetime import timedelta

from freezegun import freeze_time
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.accounts.models import PortalAccount
from core.accounts.notice_choice import choose_topics_by_mail, has_daily_digest
from core.announcements.models import AnnouncementKind
from core.announcements.own import open_announcement
from core.announcements.publishing import announce_due
from core.clock import now, today
from core.correspondence.matching import Match
from core.correspondence.own import open_letter, own_letters
from core.notice_mail import DIGEST_WORDS, hand_over, mail_digests
from core.notices.inbox import Telling, dismiss, inbox, tell
from core.notices.models import NoticeKind, Topic
from core.outbox.models import OutgoingMail
from core.overview import new_counts
from tests.core.announcements.cast import Resident, editor, published
from tests.core.contact.test_changing import at_home
from tests.core.correspondence.cast import clerk, paper, sent
from tests.pages.tenant.test_announcements import seen_now


def daily(session: Session, name: str = "Anna") -> Resident:
    """A tenant at home who wants one message a day."""
    one = at_home(session, name)
    values = {"email": f"{name.lower()}@example.com"}
    session.execute(update(PortalAccount).where(PortalAccount.id == one.scope.account_id).values(values))
    choose_topics_by_mail(session, one.scope, wanted=list(Topic), daily=True)
    return one


def told(session: Session, one: Resident, kind: NoticeKind, key: str = "k", **facts: str) -> None:
    telling = Telling(one.tenant.id, key, {"what": "Tajne", "letters": "1", **facts})
    tell(session, kind=kind, tellings=[telling], shown_until=today() + timedelta(days=5))


def mails(session: Session) -> list[tuple[str, str]]:
    rows = session.execute(select(OutgoingMail.template, OutgoingMail.parameters).order_by(OutgoingMail.id))
    return [(template, parameters or "") for template, parameters in rows]


def test_every_kind_has_its_words() -> None:
    assert DIGEST_WORDS.keys() == set(NoticeKind)


def test_news_of_a_day_is_one_message_without_what_it_says(session: Session) -> None:
    anna = daily(session)
    told(session, anna, NoticeKind.CONTACT_DECIDED)
    told(session, anna, NoticeKind.LETTER, "b1")
    told(session, anna, NoticeKind.LETTER, "b2")
    hand_over(session)
    assert mails(session) == [], "nothing at once"
    assert mail_digests(session) == 1
    ((template, parameters),) = mails(session)
    assert template == "digest"
    assert "decyzja w sprawie danych kontaktowych" in parameters
    assert "nowe pismo (2)" in parameters
    assert "Tajne" not in parameters
    assert mail_digests(session) == 0
    told(session, anna, NoticeKind.LETTER, "b3")
    hand_over(session)
    with freeze_time(now() + timedelta(days=1)):
        assert mail_digests(session) == 1


def test_what_was_put_away_or_muted_meanwhile_is_not_told(session: Session) -> None:
    anna = daily(session)
    told(session, anna, NoticeKind.LETTER)
    hand_over(session)
    dismiss(session, anna.scope, notice_id=inbox(session, anna.scope)[0].notice_id)
    assert mail_digests(session) == 0
    choose_topics_by_mail(session, anna.scope, wanted=[Topic.READINGS], daily=True)
    told(session, anna, NoticeKind.LETTER, "later")
    hand_over(session)
    assert mail_digests(session) == 0
    assert mails(session) == []


def test_at_once_is_the_rule_and_daily_a_choice(session: Session) -> None:
    anna = daily(session)
    assert has_daily_digest(session, anna.scope)
    choose_topics_by_mail(session, anna.scope, wanted=list(Topic))
    assert not has_daily_digest(session, anna.scope)
    told(session, anna, NoticeKind.LETTER)
    hand_over(session)
    assert [template for template, _ in mails(session)] == ["letter"]


def test_emergency_does_not_wait_for_the_days_message(session: Session) -> None:
    daily(session)
    scope = editor(session)
    seen_now(session, published(session, scope, kind=AnnouncementKind.EMERGENCY, expires_on=today()))
    announce_due(session)
    hand_over(session)
    assert [template for template, _ in mails(session)] == ["emergency"]


def test_menu_counts_what_is_unread(session: Session) -> None:
    anna, jan = at_home(session), at_home(session, "Jan")
    sent(session, clerk(session), *(paper(f"{at}", Match(anna.tenant.id, None)) for at in range(3)))
    number = seen_now(session, published(session, editor(session)))
    told(session, anna, NoticeKind.READING_REJECTED)
    told(session, anna, NoticeKind.WINDOW_OPENS)
    assert new_counts(session, anna.scope) == {Topic.LETTERS: 3, Topic.READINGS: 2, Topic.ANNOUNCEMENTS: 1}
    assert new_counts(session, jan.scope) == {Topic.LETTERS: 0, Topic.ANNOUNCEMENTS: 1}
    open_letter(session, anna.scope, letter_id=own_letters(session, anna.scope)[0].letter_id)
    assert new_counts(session, anna.scope)[Topic.LETTERS] == 2
    open_announcement(session, anna.scope, announcement_id=number)
    assert new_counts(session, anna.scope)[Topic.ANNOUNCEMENTS] == 0
