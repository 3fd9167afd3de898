"""On paper: who gets their letters so, as a list and as one PDF."""

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from core.contact.consent import give_consent, offered_text
from core.correspondence.matching import Doubt, Match
from core.correspondence.own import open_letter, own_letters
from core.correspondence.printing import OnPaper, letters_on_paper, letters_to_print, paper_counts, paper_list
from core.correspondence.sending import ask_recall, recall_batch
from core.documents.pdfs import check_pdf
from core.documents.previews import page_texts
from core.errors import InvalidInputError
from tests.core.announcements.cast import Resident, resident
from tests.core.contact.test_changing import at_home
from tests.core.correspondence.cast import clerk, paper, sent
from tests.core.documents.readers import text_of


def to(one: Resident) -> Match:
    return Match(one.tenant.id, one.tenancy.id)


def who(session: Session, batch: int, on_paper: OnPaper) -> list[str]:
    return [one.tenant for one in letters_on_paper(session, clerk(session), batch_id=batch, who=on_paper)]


def test_who_gets_paper(session: Session) -> None:
    anna, jan, ewa = at_home(session), at_home(session, "Jan"), resident(session, "Ewa")
    give_consent(session, anna.scope, version=offered_text().version)
    batch = sent(session, clerk(session), *(paper(one.tenant.name, to(one)) for one in (anna, jan, ewa)))
    open_letter(session, jan.scope, letter_id=own_letters(session, jan.scope)[0].letter_id)
    assert who(session, batch, OnPaper.WITHOUT_ACCOUNT) == ["Ewa"]
    assert who(session, batch, OnPaper.WITHOUT_CONSENT) == ["Ewa", "Jan"]
    assert who(session, batch, OnPaper.UNOPENED) == ["Anna", "Ewa"]


def test_list_names_district_building_and_address(session: Session) -> None:
    anna, scope = resident(session), clerk(session)
    batch = sent(session, scope, paper("A", to(anna)), paper("X", Doubt.NO_NUMBER))
    told = " ".join(text_of(paper_list(session, scope, batch_id=batch, who=OnPaper.UNOPENED)).split())
    assert "Pism: 1." in told
    assert "Kwiatowa 12 (RON Centrum)" in told
    assert f"ul. Kwiatowa 12 m. 7: Anna, nr {anna.tenant.tenant_no}" in told


def test_letters_are_one_file_each_beginning_on_a_front_page(session: Session) -> None:
    anna, jan, scope = resident(session), resident(session, "Jan"), clerk(session)
    batch = sent(session, scope, paper("pierwsze", to(anna)), paper("drugie", to(jan)))
    whole = letters_to_print(session, scope, batch_id=batch, who=OnPaper.WITHOUT_ACCOUNT)
    assert check_pdf(whole) == 4
    assert paper_counts(session, scope, batch_id=batch, who=OnPaper.WITHOUT_ACCOUNT) == (2, 4)
    assert text_of(whole).replace("\x0c", "|").replace("\n", "") == "pierwsze 1||drugie 1||"
    assert letters_to_print(session, scope, batch_id=batch, who=OnPaper.WITHOUT_ACCOUNT) == whole


def test_recalled_letters_are_not_printed(session: Session) -> None:
    anna, scope = resident(session), clerk(session)
    batch = sent(session, scope, paper("A", to(anna)))
    recall_batch(session, scope, batch_id=batch, token=ask_recall(session, scope, batch_id=batch).token)
    with pytest.raises(InvalidInputError, match="Nie ma pism do wydrukowania"):
        letters_to_print(session, scope, batch_id=batch, who=OnPaper.WITHOUT_ACCOUNT)


def test_words_of_pages_are_read_with_polish_letters(session: Session, tmp_path: Path) -> None:
    anna, scope = resident(session), clerk(session)
    batch = sent(session, scope, paper("A", to(anna)))
    place = tmp_path / "lista.pdf"
    place.write_bytes(paper_list(session, scope, batch_id=batch, who=OnPaper.WITHOUT_CONSENT))
    (words,) = page_texts(place)
    assert "bez zgody na pisma w portalu" in words.replace("\u00a0", " ")
