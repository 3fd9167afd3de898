"""Letters are sent at once or not at all, opened on the record, recalled while unopened."""

from datetime import timedelta

import pytest
from freezegun import freeze_time
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.confirmations import ConfirmationUsedError
from core.access.models import PortalSession
from core.access.scopes import Role
from core.accounts.models import PortalAccount
from core.audit.models import AuditEvent
from core.clock import now
from core.correspondence.desk import (
    BatchCounts,
    LetterFilter,
    batch_file,
    certificate_served,
    letter_batches,
    letter_file_served,
    letters_of_batch,
    letters_of_tenant,
)
from core.correspondence.filing import file_batch
from core.correspondence.matching import Doubt, Match
from core.correspondence.models import Letter
from core.correspondence.own import (
    open_letter,
    own_certificate,
    own_letter,
    own_letter_file,
    own_letters,
)
from core.correspondence.sending import ask_recall, ask_sending, recall_batch, send_batch
from core.correspondence.unmatched import (
    assign_letter,
    put_letter_aside,
    unmatched_letters,
)
from core.documents.storage import hash_file, kept_file
from core.errors import InvalidInputError, NotFoundError, NotPermittedError
from core.notice_mail import hand_over
from core.notices.inbox import inbox
from core.notices.models import NoticeKind, Topic
from core.outbox.models import OutgoingMail
from core.outbox.templates import render
from core.overview import new_counts
from tests.cast import make_account, sign_in_employee
from tests.core.announcements.cast import Resident, resident
from tests.core.contact.test_changing import at_home
from tests.core.correspondence.cast import clerk, paper, pdf, sent
from tests.core.documents.readers import text_of


def to(one: Resident) -> Match:
    return Match(one.tenant.id, one.tenancy.id)


def recall(session: Session, scope: object, batch_id: int) -> int:
    question = ask_recall(session, scope, batch_id=batch_id)  # type: ignore[arg-type]
    return recall_batch(session, scope, batch_id=batch_id, token=question.token)  # type: ignore[arg-type]


def test_sent_letters_are_their_tenants_only(session: Session) -> None:
    anna, jan, editor = at_home(session), at_home(session, "Jan"), clerk(session)
    batch = sent(session, editor, paper("Anna", to(anna)), paper("Anna 2", to(anna)), paper("Jan", to(jan)))
    assert [one.title for one in own_letters(session, anna.scope)] == ["Zmiana opłat"] * 2
    (letter,) = own_letters(session, jan.scope)
    with pytest.raises(NotFoundError):
        open_letter(session, anna.scope, letter_id=letter.letter_id)
    with pytest.raises(NotFoundError):
        own_letter(session, anna.scope, letter_id=letter.letter_id)
    (told,) = inbox(session, anna.scope)
    assert (told.kind, dict(told.facts)) == (NoticeKind.LETTER, {"letters": "2"})
    assert letter_batches(session, editor)[0].counts == BatchCounts(3, 3, 0, 0, 3, 0)
    assert batch_file(session, editor, batch_id=batch).line.counts.matched == 3


def test_first_opening_is_recorded_with_session_and_hash_and_never_changes(session: Session) -> None:
    anna, editor = at_home(session), clerk(session)
    sent(session, editor, paper("Anna", to(anna)))
    (line,) = own_letters(session, anna.scope)
    assert line.opened_at is None
    assert new_counts(session, anna.scope)[Topic.LETTERS] == 1
    with pytest.raises(NotFoundError, match="jeszcze otwarte"):
        own_letter_file(session, anna.scope, letter_id=line.letter_id)
    with pytest.raises(NotFoundError):
        own_certificate(session, anna.scope, letter_id=line.letter_id)

    opened = open_letter(session, anna.scope, letter_id=line.letter_id)
    letter = session.get_one(Letter, line.letter_id)
    key = select(PortalSession.id).where(PortalSession.key_hash == anna.scope.session_key)
    assert letter.opened_session_id == session.scalar(key)
    assert letter.opened_account_id == anna.scope.account_id
    name, path = own_letter_file(session, anna.scope, letter_id=line.letter_id)
    assert path.read_bytes() == pdf("Anna")
    assert letter.opened_sha256 == hash_file(path)
    assert name == f"Pismo-2026-11-20-{letter.id}.pdf"
    assert new_counts(session, anna.scope)[Topic.LETTERS] == 0
    assert inbox(session, anna.scope) == []

    with freeze_time(now() + timedelta(minutes=3)):
        again = open_letter(session, anna.scope, letter_id=line.letter_id)
    assert again.opened_at == opened.opened_at
    events = session.scalars(select(AuditEvent.action).where(AuditEvent.object_kind == "letter")).all()
    assert events == ["letter_opened"]


def test_letter_that_is_not_what_was_sent_is_recorded_as_it_is(session: Session) -> None:
    anna, editor = at_home(session), clerk(session)
    sent(session, editor, paper("Anna", to(anna)))
    letter = session.scalars(select(Letter)).one()
    kept_file(letter.sha256 or "").write_bytes(pdf("podmienione"))
    open_letter(session, anna.scope, letter_id=letter.id)
    session.refresh(letter)
    assert letter.opened_sha256 != letter.sha256


def test_certificate_tells_the_opening_to_tenant_and_office(session: Session) -> None:
    anna, editor = at_home(session), clerk(session)
    sent(session, editor, paper("Anna", to(anna), title="Zmiana opłat od stycznia", letter_no="RON/12/2026"))
    (line,) = own_letters(session, anna.scope)
    open_letter(session, anna.scope, letter_id=line.letter_id)
    letter = session.scalars(select(Letter)).one()
    made = own_certificate(session, anna.scope, letter_id=line.letter_id)
    words = " ".join(text_of(made).split())
    for told in ("Poświadczenie otwarcia pisma", "Anna", anna.tenant.tenant_no, "RON/12/2026", "20.11.2026",
                 letter.opened_sha256 or "?", f"sesja {letter.opened_session_id}", "kopią do wiadomości"):  # fmt: skip
        assert told in words
    assert certificate_served(session, editor, letter_id=line.letter_id) == made, "the same opening, the same bytes"


def test_one_notice_for_all_letters_of_a_batch_goes_with_the_last(session: Session) -> None:
    anna, editor = at_home(session), clerk(session)
    sent(session, editor, paper("1", to(anna)), paper("2", to(anna)))
    first, second = own_letters(session, anna.scope)
    open_letter(session, anna.scope, letter_id=first.letter_id)
    assert len(inbox(session, anna.scope)) == 1
    open_letter(session, anna.scope, letter_id=second.letter_id)
    assert inbox(session, anna.scope) == []


def test_mail_says_that_there_is_a_letter_and_nothing_of_it(session: Session) -> None:
    anna, editor = at_home(session), clerk(session)
    session.get_one(PortalAccount, anna.scope.account_id).email = "anna@example.com"
    sent(session, editor, paper("Wezwanie", to(anna), title="Wezwanie do zapłaty", letter_no="W/1"))
    hand_over(session)
    (mail,) = session.scalars(select(OutgoingMail)).all()
    assert (mail.template, mail.recipient) == ("letter", "anna@example.com")
    told = render("letter", {"letters": "1"}, portal="https://portal.example")
    assert "https://portal.example/korespondencja" in told.text
    assert "W/1" not in (mail.parameters or "")
    assert "Wezwanie" not in (mail.parameters or "") + told.text


def test_unopened_letters_are_recalled_and_opened_ones_stay(session: Session) -> None:
    anna, jan, editor = at_home(session), at_home(session, "Jan"), clerk(session)
    batch = sent(session, editor, paper("Anna", to(anna)), paper("Jan", to(jan)), paper("ktoś", Doubt.NO_NUMBER))
    (letter,) = own_letters(session, anna.scope)
    open_letter(session, anna.scope, letter_id=letter.letter_id)
    question = ask_recall(session, editor, batch_id=batch)
    assert (question.unopened, question.opened) == (1, 1)
    assert recall_batch(session, editor, batch_id=batch, token=question.token) == 1
    assert own_letters(session, jan.scope) == []
    assert inbox(session, jan.scope) == []
    assert len(own_letters(session, anna.scope)) == 1
    assert unmatched_letters(session, editor) == []
    with pytest.raises(ConfirmationUsedError):
        recall_batch(session, editor, batch_id=batch, token=question.token)
    with pytest.raises(InvalidInputError, match="Nie ma czego wycofać"):
        ask_recall(session, editor, batch_id=batch)
    assert batch_file(session, editor, batch_id=batch).line.counts.recalled == 1


def test_recalled_letter_cannot_be_opened_and_may_be_sent_again(session: Session) -> None:
    anna, editor = at_home(session), clerk(session)
    batch = sent(session, editor, paper("Anna", to(anna)))
    (letter,) = own_letters(session, anna.scope)
    recall(session, editor, batch)
    with pytest.raises(NotFoundError):
        open_letter(session, anna.scope, letter_id=letter.letter_id)
    sent(session, editor, paper("Anna", to(anna)))
    assert len(own_letters(session, anna.scope)) == 1


def test_batch_is_sent_once_and_as_it_was_asked_about(session: Session) -> None:
    anna, editor = at_home(session), clerk(session)
    batch = file_batch(session, editor, name="a", papers=[paper("Anna", to(anna))], refusals=[])
    token = ask_sending(session, editor, batch_id=batch).token
    with pytest.raises(ConfirmationUsedError):
        send_batch(session, editor, batch_id=batch, token="x" * 32)
    send_batch(session, editor, batch_id=batch, token=token)
    with pytest.raises(ConfirmationUsedError):
        send_batch(session, editor, batch_id=batch, token=token)
    with pytest.raises(InvalidInputError):
        ask_sending(session, editor, batch_id=batch)


def test_unmatched_letter_goes_to_whose_number_a_clerk_gives(session: Session) -> None:
    anna, editor = at_home(session), clerk(session)
    sent(session, editor, paper("pomyłka", Doubt.SEVERAL))
    (waiting,) = unmatched_letters(session, editor)
    assert (waiting.file_name, waiting.doubt) == ("pomyłka.pdf", Doubt.SEVERAL)
    with pytest.raises(InvalidInputError, match="Nie ma takiego numeru"):
        assign_letter(session, editor, letter_id=waiting.letter_id, number="000")
    assert (
        assign_letter(session, editor, letter_id=waiting.letter_id, number=f" {anna.tenancy.tenancy_no} ").name
        == "Anna"
    )
    assert [one.letter_id for one in own_letters(session, anna.scope)] == [waiting.letter_id]
    assert [one.kind for one in inbox(session, anna.scope)] == [NoticeKind.LETTER]
    assert unmatched_letters(session, editor) == []
    with pytest.raises(NotFoundError):
        assign_letter(session, editor, letter_id=waiting.letter_id, number=anna.tenant.tenant_no)


def test_unmatched_letter_that_its_tenant_has_is_put_aside(session: Session) -> None:
    anna, editor = at_home(session), clerk(session)
    sent(session, editor, paper("to samo", to(anna)))
    sent(session, editor, paper("to samo", Doubt.NO_NUMBER))
    (waiting,) = unmatched_letters(session, editor)
    with pytest.raises(InvalidInputError, match="ma już to pismo"):
        assign_letter(session, editor, letter_id=waiting.letter_id, number=anna.tenant.tenant_no)
    put_letter_aside(session, editor, letter_id=waiting.letter_id)
    assert unmatched_letters(session, editor) == []
    with pytest.raises(NotFoundError):
        put_letter_aside(session, editor, letter_id=waiting.letter_id)


def test_letter_to_a_tenant_without_an_account_is_kept_and_counted(session: Session) -> None:
    without, editor = resident(session), clerk(session)
    batch = sent(session, editor, paper("Anna", to(without)))
    assert batch_file(session, editor, batch_id=batch).line.counts.without_account == 1
    (line,), pages = letters_of_batch(session, editor, batch_id=batch, only=LetterFilter.WITHOUT_ACCOUNT)
    assert (line.tenant, line.has_account, pages) == ("Anna", False, 1)
    make_account(session, without.tenant)
    assert letters_of_batch(session, editor, batch_id=batch, only=LetterFilter.WITHOUT_ACCOUNT)[0] == []
    assert len(own_letters(session, without.scope)) == 1, "who gets an account later finds it"


def test_office_works_with_letters_of_its_own_districts(session: Session) -> None:
    anna, jan = at_home(session), at_home(session, "Jan", code="POLESIE")
    city, own, other = clerk(session), clerk(session, anna.district), clerk(session, jan.district)
    batch = sent(session, own, paper("Anna", to(anna)), paper("ktoś", Doubt.NO_NUMBER))
    of_the_city = sent(session, city, paper("Jan", to(jan)))
    letter = session.scalars(select(Letter).where(Letter.tenant_id == anna.tenant.id)).one()
    assert [one.batch_id for one in letter_batches(session, own)] == [batch]
    assert letter_batches(session, other) == []
    assert {one.batch_id for one in letter_batches(session, city)} == {batch, of_the_city}
    assert unmatched_letters(session, other) == []
    for refused in (
        lambda: batch_file(session, other, batch_id=batch),
        lambda: letters_of_batch(session, other, batch_id=batch),
        lambda: letter_file_served(session, other, letter_id=letter.id),
        lambda: certificate_served(session, other, letter_id=letter.id),
        lambda: letters_of_tenant(session, other, tenant_id=anna.tenant.id),
        lambda: ask_recall(session, other, batch_id=batch),
    ):
        with pytest.raises(NotFoundError):
            refused()
    # A letter of a batch of the whole city is seen by the district of its tenant, the batch is not.
    of_jan = session.scalars(select(Letter).where(Letter.tenant_id == jan.tenant.id)).one()
    assert letter_file_served(session, other, letter_id=of_jan.id)[1].exists()
    assert [one.letter_id for one in letters_of_tenant(session, other, tenant_id=jan.tenant.id)] == [of_jan.id]
    with pytest.raises(NotPermittedError):
        letter_batches(session, sign_in_employee(session, Role.ACCOUNTING))


def test_letters_are_found_by_words_of_title_and_number(session: Session) -> None:
    anna, editor = at_home(session), clerk(session)
    sent(session, editor, paper("1", to(anna), title="Żółta kartka"), paper("2", to(anna), letter_no="RON/7"))
    assert [one.title for one in own_letters(session, anna.scope, text="zolta KARTKA")] == ["Żółta kartka"]
    assert [one.letter_no for one in own_letters(session, anna.scope, text="ron/7")] == ["RON/7"]
    assert own_letters(session, anna.scope, text="nie ma") == []
