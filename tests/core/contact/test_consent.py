"""Consent to letters in the portal: to the text that was read, kept with its hash, taken back at will."""

import hashlib
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.accounts.notice_choice import choose_topics_by_mail, topics_by_mail
from core.contact import consent
from core.contact.consent import give_consent, offered_text, own_consent, withdraw_consent
from core.contact.models import DeliveryConsent
from core.errors import DomainError
from core.notices.models import TOPICS, NoticeKind, Topic
from tests.core.contact.test_changing import at_home


def test_consent_is_given_once_and_taken_back(session: Session) -> None:
    anna, jan = at_home(session), at_home(session, "Jan")
    offered = offered_text()
    assert own_consent(session, anna.scope).version is None
    for _ in range(2):
        give_consent(session, anna.scope, version=offered.version)
    rows = session.scalars(select(DeliveryConsent).order_by(DeliveryConsent.id)).all()
    assert [(one.version, one.withdrawn_at is None) for one in rows] == [
        (offered.version, False),
        (offered.version, True),
    ]
    assert rows[0].text_hash == hashlib.sha256(offered.text.encode()).hexdigest()
    assert own_consent(session, jan.scope).given_at is None
    withdraw_consent(session, anna.scope)
    session.expire_all()
    assert own_consent(session, anna.scope).given_at is None
    with pytest.raises(DomainError, match="Nie ma zgody"):
        withdraw_consent(session, anna.scope)


def test_consent_to_another_text_than_is_offered_is_refused(session: Session) -> None:
    anna = at_home(session)
    with pytest.raises(DomainError, match="zmieniła się"):
        give_consent(session, anna.scope, version="0.9")
    assert session.scalars(select(DeliveryConsent)).all() == []


def test_newest_text_is_offered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:

    for version in ("1.9", "1.10", "1.2"):
        (tmp_path / f"{version}.md").write_text(version)
    monkeypatch.setattr(consent, "FOLDER", tmp_path)
    offered_text.cache_clear()
    try:
        assert offered_text().version == "1.10"
    finally:
        offered_text.cache_clear()


def test_topics_are_chosen_one_by_one(session: Session) -> None:
    anna = at_home(session)
    assert topics_by_mail(session, anna.scope) == set(Topic)
    choose_topics_by_mail(session, anna.scope, wanted={Topic.READINGS})
    assert topics_by_mail(session, anna.scope) == {Topic.READINGS}


def test_every_notice_has_its_topic() -> None:
    assert TOPICS.keys() == set(NoticeKind)
