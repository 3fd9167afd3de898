"""Announcements from the draft to the archive: whom they reach, when, and what is left when they are taken back."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from freezegun import freeze_time
from freezegun.api import FrozenDateTimeFactory
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.confirmations import ConfirmationUsedError
from core.access.scopes import Role
from core.announcements.board import reach_of, unopened_list, unopened_of
from core.announcements.models import Announcement, AnnouncementKind, AnnouncementRecipient
from core.announcements.own import open_announcement, own_announcements, own_attachment
from core.announcements.publishing import (
    AudienceChangedError,
    announce_due,
    any_due,
    ask_publishing,
    extend_audiences,
    publish,
    take_back,
    withdraw_announcement,
)
from core.announcements.queries import AnnouncementState, all_announcements, announcement_file
from core.announcements.writing import (
    AnnouncementPlan,
    AnnouncementText,
    change_draft,
    correct_announcement,
    discard_draft,
)
from core.documents.attachments import Attachment
from core.errors import InvalidFormError, InvalidInputError, NotFoundError, NotPermittedError
from core.notice_mail import hand_over
from core.notices.inbox import inbox
from core.notices.models import Notice, NoticeKind
from core.outbox.models import OutgoingMail
from core.registry.audiences import Audience, AudienceKind, audience_choices, tenancies_by_number
from tests.cast import make_account, make_premises, make_tenancy, make_tenant, sign_in_employee, sign_in_tenant
from tests.core.announcements.cast import ALL, SOON, Resident, draft, editor, published, recipients, resident
from tests.core.documents.readers import text_of

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
MINUTE = timedelta(seconds=60)


@pytest.fixture(autouse=True)
def clock() -> Iterator[FrozenDateTimeFactory]:
    with freeze_time(NOON) as frozen:
        assert isinstance(frozen, FrozenDateTimeFactory)
        yield frozen


def seen(session: Session, who: Resident) -> list[str]:
    return [one.title for one in own_announcements(session, sign_in_tenant(session, who.tenant))]


def test_district_hears_and_another_one_does_not(session: Session, clock: FrozenDateTimeFactory) -> None:
    anna, jan = resident(session), resident(session, "Jan", code="POLESIE")
    made = published(session, editor(session), Audience(AudienceKind.DISTRICT, (anna.district.id,)))
    clock.tick(MINUTE)
    assert seen(session, anna) == ["Przegląd kominiarski"]
    assert seen(session, jan) == []
    with pytest.raises(NotFoundError):
        open_announcement(session, jan.scope, announcement_id=made)


@pytest.mark.parametrize("kind", [kind for kind in AudienceKind if kind is not AudienceKind.ALL])
def test_audience_of_each_kind_holds_its_own(session: Session, kind: AudienceKind) -> None:
    anna, jan = resident(session), resident(session, "Jan", code="POLESIE", kind="użytkowy")
    jan.premises.building.borough = "Polesie"
    session.flush()
    value: dict[AudienceKind, int | str] = {
        AudienceKind.DISTRICT: anna.district.id,
        AudienceKind.BOROUGH: anna.premises.building.borough,
        AudienceKind.BUILDING: anna.premises.building_id,
        AudienceKind.PREMISES_KIND: anna.premises.kind,
        AudienceKind.TENANCY: anna.tenancy.id,
    }
    assert recipients(session, published(session, editor(session), Audience(kind, (value[kind],)))) == {anna.tenant.id}


def test_audience_is_who_rents_today_and_each_once(session: Session) -> None:
    anna = resident(session)
    make_tenancy(session, anna.tenant, premises=make_premises(session), valid_from=date(2026, 1, 1))
    former, future = make_tenant(session, "Była"), make_tenant(session, "Przyszły")
    make_tenancy(session, former, valid_to=date(2026, 11, 24))
    make_tenancy(session, future, valid_from=date(2026, 11, 26))
    scope = editor(session)
    question = ask_publishing(session, scope, announcement_id=draft(session, scope))
    assert (question.recipients, question.names) == (1, ("Anna",))
    assert recipients(session, published(session, scope)) == {anna.tenant.id}


def test_nobody_sees_it_for_a_minute_and_until_then_it_is_taken_back(
    session: Session, clock: FrozenDateTimeFactory
) -> None:
    anna, scope = resident(session), editor(session)
    made = published(session, scope)
    clock.tick(MINUTE - timedelta(seconds=1))
    assert seen(session, anna) == []
    assert not any_due(session)
    take_back(session, scope, announcement_id=made)
    clock.tick(MINUTE)
    assert seen(session, anna) == []
    assert recipients(session, made) == set()
    assert announcement_file(session, scope, announcement_id=made).line.state is AnnouncementState.DRAFT
    question = ask_publishing(session, scope, announcement_id=made)
    publish(session, scope, announcement_id=made, recipients=1, token=question.token)
    clock.tick(MINUTE)
    assert seen(session, anna) == ["Przegląd kominiarski"]
    with pytest.raises(InvalidInputError, match="już widzą"):
        take_back(session, scope, announcement_id=made)


def test_planned_one_appears_at_its_time_to_who_rents_then(session: Session, clock: FrozenDateTimeFactory) -> None:
    anna, scope = resident(session), editor(session)
    made = published(session, scope, planned_for=NOON + timedelta(days=2))
    anna.tenancy.valid_to = date(2026, 11, 26)
    jan = resident(session, "Jan")
    assert announcement_file(session, scope, announcement_id=made).line.state is AnnouncementState.WAITING
    clock.tick(timedelta(days=2, seconds=-1))
    assert announce_due(session) == 0
    clock.tick(timedelta(seconds=1))
    assert announce_due(session) == 1
    assert announce_due(session) == 0
    session.expire_all()
    assert recipients(session, made) == {jan.tenant.id}
    assert announcement_file(session, editor(session), announcement_id=made).line.recipients == 1


def test_audience_that_changed_while_publishing_is_asked_about_again(session: Session) -> None:
    scope = editor(session)
    people = [resident(session, f"Osoba {nth}") for nth in range(3)]
    made = draft(session, scope)
    question = ask_publishing(session, scope, announcement_id=made)
    extra = resident(session, "Nowa")
    with pytest.raises(AudienceChangedError, match="było 3, jest 4"), session.begin_nested():
        publish(session, scope, announcement_id=made, recipients=3, token=question.token)
    assert recipients(session, made) == set()
    people[0].tenancy.valid_to = date(2026, 11, 24)  # as many as before, and yet others
    session.flush()
    with pytest.raises(ConfirmationUsedError, match="Odbiorcy zmienili się"), session.begin_nested():
        publish(session, scope, announcement_id=made, recipients=3, token=question.token)
    again = ask_publishing(session, scope, announcement_id=made)
    publish(session, scope, announcement_id=made, recipients=3, token=again.token)
    assert recipients(session, made) == {people[1].tenant.id, people[2].tenant.id, extra.tenant.id}


def test_double_click_publishes_once(session: Session) -> None:
    resident(session)
    scope = editor(session)
    made = draft(session, scope)
    question = ask_publishing(session, scope, announcement_id=made)
    publish(session, scope, announcement_id=made, recipients=1, token=question.token)
    with pytest.raises(InvalidInputError, match="już opublikowane"):
        publish(session, scope, announcement_id=made, recipients=1, token=question.token)


def test_listing_leaves_no_mark_and_opening_does_once(session: Session, clock: FrozenDateTimeFactory) -> None:
    anna, scope = resident(session), editor(session)
    made = published(session, scope)
    clock.tick(MINUTE)
    announce_due(session)
    (line,) = own_announcements(session, anna.scope)
    assert line.unread
    assert session.scalars(select(AnnouncementRecipient.opened_at)).all() == [None]
    assert [one.kind for one in inbox(session, anna.scope)] == [NoticeKind.ANNOUNCEMENT]
    opened = open_announcement(session, anna.scope, announcement_id=made)
    assert opened.body == "Kominiarz przyjdzie **we wtorek**."
    first = session.scalars(select(AnnouncementRecipient.opened_at)).one()
    clock.tick(MINUTE)
    open_announcement(session, anna.scope, announcement_id=made)
    session.expire_all()
    assert session.scalars(select(AnnouncementRecipient.opened_at)).one() == first == NOON + MINUTE
    assert not own_announcements(session, anna.scope)[0].unread
    assert inbox(session, anna.scope) == []


def test_correction_is_marked_told_again_and_keeps_what_was_said(
    session: Session, clock: FrozenDateTimeFactory
) -> None:
    anna, scope = resident(session), editor(session)
    made = published(session, scope)
    better = AnnouncementText("Przegląd kominiarski", "Kominiarz przyjdzie w środę.")
    with pytest.raises(InvalidInputError, match="już widzą"):
        correct_announcement(session, scope, announcement_id=made, text=better)
    clock.tick(MINUTE)
    announce_due(session)
    open_announcement(session, anna.scope, announcement_id=made)
    same = AnnouncementText("Przegląd kominiarski", "Kominiarz przyjdzie **we wtorek**.")
    with pytest.raises(InvalidInputError, match="niczym się nie różni"):
        correct_announcement(session, scope, announcement_id=made, text=same)
    clock.tick(MINUTE)
    assert correct_announcement(session, scope, announcement_id=made, text=better) == 2
    assert announce_due(session) == 1
    session.expire_all()
    (line,) = own_announcements(session, anna.scope)
    assert (line.unread, line.changed_at) == (True, NOON + 2 * MINUTE)
    opened = open_announcement(session, anna.scope, announcement_id=made)
    assert opened.body == "Kominiarz przyjdzie w środę."
    assert [one.body for one in opened.earlier] == ["Kominiarz przyjdzie **we wtorek**."]
    assert session.scalars(select(AnnouncementRecipient.opened_at)).one() == NOON + MINUTE
    assert inbox(session, anna.scope) == []


def test_withdrawn_one_is_left_to_who_opened_it(session: Session, clock: FrozenDateTimeFactory) -> None:
    anna, jan, scope = resident(session), resident(session, "Jan"), editor(session)
    made = published(session, scope)
    clock.tick(MINUTE)
    announce_due(session)
    open_announcement(session, anna.scope, announcement_id=made)
    withdraw_announcement(session, scope, announcement_id=made)
    session.expire_all()
    assert [one.state for one in own_announcements(session, anna.scope)] == [AnnouncementState.WITHDRAWN]
    assert own_announcements(session, jan.scope) == []
    assert session.scalars(select(Notice)).all() == []
    with pytest.raises(InvalidInputError, match="już je wycofano"):
        withdraw_announcement(session, scope, announcement_id=made)


def test_list_has_emergencies_first_then_current_then_what_is_over(
    session: Session, clock: FrozenDateTimeFactory
) -> None:
    anna, scope = resident(session), editor(session)
    published(session, scope, title="Stare", expires_on=date(2026, 11, 25))
    published(session, scope, title="Awaria wody", kind=AnnouncementKind.EMERGENCY, expires_on=date(2026, 11, 27))
    clock.tick(MINUTE)
    published(session, scope, title="Nowsze")
    clock.move_to(NOON + timedelta(days=1))
    assert seen(session, anna) == ["Awaria wody", "Nowsze", "Stare"]
    scope_of_anna = sign_in_tenant(session, anna.tenant)
    assert len(own_announcements(session, scope_of_anna, text="KOMINIARZ wtorek")) == 3
    assert [one.title for one in own_announcements(session, scope_of_anna, text="AWARIA")] == ["Awaria wody"]
    clock.move_to(NOON + timedelta(days=3))
    assert seen(session, anna) == ["Nowsze", "Awaria wody", "Stare"]


def test_who_moves_in_is_told_while_it_is_current(session: Session, clock: FrozenDateTimeFactory) -> None:
    anna, scope = resident(session), editor(session)
    everybody = published(session, scope)
    chosen = published(session, scope, Audience(AudienceKind.TENANCY, (anna.tenancy.id,)))
    over = published(session, scope, expires_on=date(2026, 11, 25))
    clock.tick(MINUTE)
    announce_due(session)
    clock.tick(timedelta(days=1))
    jan = resident(session, "Jan")
    assert extend_audiences(session) == 1
    assert extend_audiences(session) == 0
    assert recipients(session, everybody) == {anna.tenant.id, jan.tenant.id}
    assert recipients(session, chosen) == recipients(session, over) == {anna.tenant.id}
    assert [one.facts["announcement_id"] for one in inbox(session, jan.scope)] == [str(everybody)]


def test_mail_goes_to_who_wants_it_and_in_an_emergency_to_every_address(
    session: Session, clock: FrozenDateTimeFactory
) -> None:
    anna, jan, ola = resident(session), resident(session, "Jan"), resident(session, "Ola")
    for one, wants in ((anna, True), (jan, False)):
        account = make_account(session, one.tenant)
        account.email = f"{one.tenant.name.lower()}@example.com"
        account.muted_topics = "" if wants else "announcements"
    ola.tenant.email = "ola@example.com"  # known from the landlord's file; she has no account
    scope = editor(session)
    published(session, scope, body="Zobacz [plan](https://example.com/plan) **dziś**.")
    published(session, scope, title="Gaz!", kind=AnnouncementKind.EMERGENCY, expires_on=date(2026, 11, 26))
    clock.tick(MINUTE)
    announce_due(session)
    assert hand_over(session) == (6, 4)
    mails = session.scalars(select(OutgoingMail)).all()
    assert {(one.template, one.recipient) for one in mails} == {
        ("announcement", "anna@example.com"),
        ("emergency", "anna@example.com"),
        ("emergency", "jan@example.com"),
        ("emergency", "ola@example.com"),
    }
    (plain,) = [one.parameters for one in mails if one.template == "announcement"]
    assert "Zobacz plan (https://example.com/plan) dziś." in str(plain)


def test_withdrawn_before_the_mail_went_out_is_not_mailed(session: Session, clock: FrozenDateTimeFactory) -> None:
    anna, scope = resident(session), editor(session)
    make_account(session, anna.tenant).email = "anna@example.com"
    made = published(session, scope)
    clock.tick(MINUTE)
    announce_due(session)
    session.execute(Announcement.__table__.update().values(withdrawn_at=NOON))  # type: ignore[attr-defined]
    assert hand_over(session) == (1, 0)
    assert made


def test_board_counts_by_district_and_lists_who_has_not_opened(session: Session, clock: FrozenDateTimeFactory) -> None:
    anna, jan, ola = resident(session), resident(session, "Jan", code="POLESIE"), resident(session, "Ola")
    make_account(session, anna.tenant)
    scope = editor(session)
    made = published(session, scope)
    clock.tick(MINUTE)
    open_announcement(session, anna.scope, announcement_id=made)
    board = {
        one.district: (one.sent, one.with_account, one.opened) for one in reach_of(session, scope, announcement_id=made)
    }
    assert board == {anna.district.name: (2, 1, 1), jan.district.name: (1, 0, 0)}
    waiting = unopened_of(session, scope, announcement_id=made)
    assert [(one.tenant, one.has_account) for one in waiting] == [("Ola", False), ("Jan", False)]
    paper = text_of(unopened_list(session, scope, announcement_id=made))
    assert "Nie otworzyło: 2, w tym bez konta w portalu: 2." in " ".join(paper.split())
    assert "Jan" in paper
    assert "Anna" not in paper
    assert [(one.recipients, one.opened) for one in all_announcements(session, scope)] == [(3, 1)]
    assert ola.tenant.id


def test_editor_of_a_district_stays_within_it(session: Session) -> None:
    anna, jan = resident(session), resident(session, "Jan", code="POLESIE")
    own, city = editor(session, anna.district), editor(session)
    assert recipients(session, published(session, own)) == {anna.tenant.id}
    with pytest.raises(NotPermittedError):
        draft(session, own, Audience(AudienceKind.DISTRICT, (jan.district.id,)))
    with pytest.raises(InvalidInputError, match=jan.tenancy.tenancy_no):
        tenancies_by_number(session, own, numbers=[anna.tenancy.tenancy_no, jan.tenancy.tenancy_no])
    assert tenancies_by_number(session, city, numbers=[f" {jan.tenancy.tenancy_no} ", ""]) == (jan.tenancy.id,)
    of_the_city = draft(session, city)
    with pytest.raises(NotFoundError):
        announcement_file(session, own, announcement_id=of_the_city)
    assert [one.announcement_id for one in all_announcements(session, own)] != []
    assert of_the_city not in {one.announcement_id for one in all_announcements(session, own)}
    assert [name for _, name in audience_choices(session, own).districts] == [anna.district.name]
    with pytest.raises(NotPermittedError):
        all_announcements(session, sign_in_employee(session, Role.CLERK))


def test_empty_audience_is_not_published(session: Session) -> None:
    scope = editor(session)
    resident(session)
    made = draft(session, scope, Audience(AudienceKind.BOROUGH, ("Nieistniejąca",)))
    with pytest.raises(InvalidInputError, match="Nie ma nikogo"):
        ask_publishing(session, scope, announcement_id=made)


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"title": " \n "}, {"title"}),
        ({"title": "x" * 151}, {"title"}),
        ({"body": ""}, {"body"}),
        ({"body": "x" * 10_001, "title": ""}, {"title", "body"}),
        ({"kind": AnnouncementKind.EMERGENCY, "expires_on": None}, {"expires_on"}),
        ({"expires_on": date(2026, 11, 24)}, {"expires_on"}),
        ({"planned_for": NOON + timedelta(days=40)}, {"expires_on"}),
        # Half past midnight of the 26th in Poland.
        ({"planned_for": datetime(2026, 11, 25, 23, 30, tzinfo=UTC), "expires_on": date(2026, 11, 25)}, {"expires_on"}),
        ({"planned_for": NOON + timedelta(days=400), "expires_on": None}, {"planned_for"}),
        ({"audience": Audience(AudienceKind.BUILDING)}, {"audience"}),
    ],
)
def test_draft_that_cannot_be_is_refused_with_every_reason(
    session: Session, changes: dict[str, object], fields: set[str]
) -> None:
    with pytest.raises(InvalidFormError) as refused:
        draft(session, editor(session), **changes)  # type: ignore[arg-type]
    assert {field for field, _ in refused.value.errors} == fields


def test_draft_is_changed_or_thrown_away_and_a_published_one_is_not(session: Session) -> None:
    resident(session)
    scope = editor(session)
    made = draft(session, scope, attachment=Attachment("plan.pdf", b"%PDF-1"))
    plan = AnnouncementPlan(AnnouncementKind.EMERGENCY, ALL, None, SOON)
    change_draft(session, scope, announcement_id=made, text=AnnouncementText("Inny", "Tekst"), plan=plan)
    changed = announcement_file(session, scope, announcement_id=made)
    assert (changed.line.title, changed.line.kind, changed.attachment_name) == (
        "Inny",
        AnnouncementKind.EMERGENCY,
        "plan.pdf",
    )
    bare = AnnouncementText("Inny", "Tekst", keep_attachment=False)
    change_draft(session, scope, announcement_id=made, text=bare, plan=plan)
    assert announcement_file(session, scope, announcement_id=made).attachment_name is None
    discard_draft(session, scope, announcement_id=made)
    with pytest.raises(NotFoundError):
        announcement_file(session, scope, announcement_id=made)
    out = published(session, scope)
    with pytest.raises(InvalidInputError, match="już opublikowane"):
        change_draft(session, scope, announcement_id=out, text=bare, plan=plan)
    with pytest.raises(InvalidInputError, match="już opublikowane"):
        discard_draft(session, scope, announcement_id=out)


def test_attachment_is_its_recipients(session: Session, clock: FrozenDateTimeFactory) -> None:
    anna = resident(session)
    jan = make_tenant(session, "Jan")
    scope = editor(session)
    made = published(session, scope, attachment=Attachment("plan.pdf", b"%PDF-1.7 plan"))
    with pytest.raises(NotFoundError):
        own_attachment(session, anna.scope, announcement_id=made)
    clock.tick(MINUTE)
    name, place = own_attachment(session, anna.scope, announcement_id=made)
    assert (name, place.read_bytes()) == ("plan.pdf", b"%PDF-1.7 plan")
    with pytest.raises(NotFoundError):
        own_attachment(session, sign_in_tenant(session, jan), announcement_id=made)
