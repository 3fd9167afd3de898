"""The form in which an announcement is written, changed or corrected."""

from dataclasses import dataclass
from datetime import date, datetime, time

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core.access.scopes import EmployeeScope
from core.announcements.models import AnnouncementKind
from core.announcements.queries import AnnouncementFile
from core.announcements.writing import (
    AnnouncementPlan,
    AnnouncementText,
    change_draft,
    correct_announcement,
    write_draft,
)
from core.clock import instant_of, local
from core.db import transaction
from core.documents.attachments import LARGEST_MB, SUFFIXES, checked_attachment
from core.errors import InvalidInputError
from ui.audience_field import audience_kind, audience_of, audience_values
from ui.layout import section

LABELS = {
    "title": "Tytuł",
    "body": "Treść",
    "audience": "Do kogo",
    "planned_for": "Pokaż od dnia",
    "expires_on": "Obowiązuje do",
    "file": "Załącznik",
}
KINDS = {
    AnnouncementKind.PLAIN: "Zwykłe",
    AnnouncementKind.EMERGENCY: "Pilne: na górze listy, z e-mailem do każdego, kogo adres znamy",
}
MARKS = "Pusty wiersz zaczyna akapit, znak - punkt listy, **gwiazdki** pogrubiają, [słowa](https://adres) to odnośnik."
MORNING = time(7, 0)


@dataclass(frozen=True, slots=True)
class _Typed:
    """The text's fields as they were typed."""

    title: str
    body: str
    file: UploadedFile | None
    keep: bool

    def checked(self) -> AnnouncementText:
        attachment = checked_attachment(self.file.name, self.file.getvalue()) if self.file else None
        return AnnouncementText(self.title, self.body, attachment, self.keep)


def draft_form(scope: EmployeeScope, file: AnnouncementFile | None) -> int | None:
    """A new draft, or one to be changed; its id once it is kept. Refusals are the caller's to show."""
    section("Zmień szkic" if file else "Nowe ogłoszenie")
    kind = audience_kind(LABELS["audience"], before=file.audience.kind if file else None, key="a_audience")
    with st.form("announcement_draft"):
        same = file is not None and file.audience.kind is kind
        values = audience_values(
            scope,
            kind,
            before=file.audience.values if file and same else (),
            numbers=file.tenancy_numbers if file and same else (),
            key="a",
        )
        typed = _text_fields(file)
        announcement_kind, planned_for, expires_on = _plan_fields(file)
        sent = st.form_submit_button("Zapisz szkic", type="primary")
    if not sent:
        return None
    text, audience = typed.checked(), audience_of(scope, kind, values)
    with transaction() as session:
        plan = AnnouncementPlan(announcement_kind, audience, planned_for(), expires_on)
        if file is None:
            return write_draft(session, scope, text=text, plan=plan)
        change_draft(session, scope, announcement_id=file.line.announcement_id, text=text, plan=plan)
        return file.line.announcement_id


def correction_form(scope: EmployeeScope, file: AnnouncementFile) -> bool:
    """A corrected text of what is published; whether it was put in force. Refusals are the caller's to show."""
    with st.form("announcement_correction"):
        typed = _text_fields(file)
        sent = st.form_submit_button("Opublikuj poprawioną treść", type="primary")
    if sent:
        with transaction() as session:
            correct_announcement(session, scope, announcement_id=file.line.announcement_id, text=typed.checked())
    return sent


def _text_fields(file: AnnouncementFile | None) -> _Typed:
    title = st.text_input(LABELS["title"], value=file.line.title if file else "", key="a_title")
    body = st.text_area(LABELS["body"], value=file.body if file else "", key="a_body", height=260)
    st.text(MARKS)
    keep = True
    if file and file.attachment_name:
        keep = st.checkbox(f"Zostaw załącznik: {file.attachment_name}", value=True, key="a_keep")
    chosen = st.file_uploader(
        f"Załącznik: PDF albo zdjęcie, najwyżej {LARGEST_MB} MB",
        type=list(SUFFIXES),
        key="a_file",
        max_upload_size=LARGEST_MB,
    )
    return _Typed(title or "", body or "", chosen, keep)


def _plan_fields(file: AnnouncementFile | None) -> tuple[AnnouncementKind, "_Planned", date | None]:
    kinds = list(AnnouncementKind)
    kind = st.radio(
        "Rodzaj",
        kinds,
        index=kinds.index(file.line.kind) if file else 0,
        format_func=KINDS.__getitem__,
        key="a_kind",
    )
    before = local(file.planned_for) if file and file.planned_for else None
    day_column, hour_column, end_column = st.columns(3)
    with day_column:
        day = _day(f"{LABELS['planned_for']} (puste: od razu)", before.date() if before else None, key="a_day")
    with hour_column:
        hour = st.time_input("Pokaż od godziny", value=before.time() if before else MORNING, key="a_hour")
    with end_column:
        end = _day(f"{LABELS['expires_on']} (włącznie)", file.line.expires_on if file else None, key="a_end")
    return kind, _Planned(day, hour), end


@dataclass(frozen=True, slots=True)
class _Planned:
    """The day and the hour at which it is to appear; without a day at once."""

    day: date | None
    hour: time | None

    def __call__(self) -> datetime | None:
        if self.day is None:
            return None
        if self.hour is None:
            raise InvalidInputError("Podaj godzinę.", field="planned_for")
        return instant_of(self.day, self.hour)


def _day(label: str, value: date | None, *, key: str) -> date | None:
    chosen = st.date_input(label, value=value, format="DD.MM.YYYY", key=key)
    return chosen if isinstance(chosen, date) else None
