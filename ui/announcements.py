"""Announcements as their recipients see them: the list, one of them read, and its attachment over HTTP."""

from collections.abc import Sequence

import streamlit as st
from starlette.routing import BaseRoute

from core.access.models import Realm
from core.announcements.board import attachment_served
from core.announcements.models import AnnouncementKind
from core.announcements.own import OpenedAnnouncement, OwnAnnouncement, own_attachment
from core.announcements.queries import AnnouncementState
from ui import formats
from ui.kept_files import file_route, saved
from ui.layout import Tone, badge, note, section
from ui.markup import Safe, as_typed, text
from ui.prose import prose_html
from ui.service import Service

PATH, NUMBER = "/ogloszenia", "nr"
ATTACHMENT_PATH = "/pliki/ogloszenie/"
ARCHIVE_AT_ONCE = 20
KINDS: dict[AnnouncementKind, tuple[str, Tone]] = {
    AnnouncementKind.PLAIN: ("ogłoszenie", "neutral"),
    AnnouncementKind.EMERGENCY: ("pilne", "urgent"),
}


def announcement_routes(service: Service) -> list[BaseRoute]:
    """The route of attachments, matched before Streamlit's."""
    finders = {
        Realm.TENANT: lambda session, scope, one: saved(own_attachment(session, scope, announcement_id=one)),
        Realm.STAFF: lambda session, scope, one: saved(attachment_served(session, scope, announcement_id=one)),
    }
    return [file_route(service, ATTACHMENT_PATH, finders)]


def announcement_link(announcement_id: int | str) -> str:
    """Where one announcement is read."""
    return f"{PATH}?{NUMBER}={announcement_id}"


def search_form() -> str:
    """What is searched for; empty: everything."""
    with st.form("announcement_search", border=False):
        typed = st.text_input("Szukaj w ogłoszeniach", key="announcement_text", max_chars=80)
        st.form_submit_button("Szukaj")
    return typed or ""


def announcement_list(lines: Sequence[OwnAnnouncement], *, searched: bool) -> None:
    """Current ones, emergencies above; then the archive."""
    current = [one for one in lines if one.state is AnnouncementState.CURRENT]
    archive = [one for one in lines if one.state is not AnnouncementState.CURRENT]
    section("Aktualne")
    for one in current:
        _entry(one)
    if not current:
        note(
            "Żadne aktualne ogłoszenie nie zawiera tych słów. Zmień albo usuń szukany tekst."
            if searched
            else "Nie ma teraz żadnych ogłoszeń."
        )
    if archive:
        section("Archiwum")
        shown = st.session_state.get("archive_shown", ARCHIVE_AT_ONCE)
        for one in archive[:shown]:
            _entry(one)
        if len(archive) > shown and st.button("Pokaż starsze", key="older"):
            st.session_state["archive_shown"] = shown + ARCHIVE_AT_ONCE
            st.rerun()


def _entry(one: OwnAnnouncement) -> None:
    with st.container(border=True, key=f"entry-announcement-{one.announcement_id}"):
        st.html(f'<p class="kit kit-entry">{_marks(one)} {text(formats.day_of(one.visible_from))}</p>')
        if st.button(as_typed(one.title), key=f"read-{one.announcement_id}", type="tertiary"):
            st.query_params[NUMBER] = str(one.announcement_id)
            st.rerun()


def _marks(one: OwnAnnouncement) -> Safe:
    new = one.unread and one.changed_at is None and one.state is AnnouncementState.CURRENT
    marks = [badge("nowe", "information")] if new else []
    if one.kind is AnnouncementKind.EMERGENCY:
        marks.insert(0, badge(*KINDS[one.kind]))
    if one.changed_at is not None:
        marks.append(badge("zmieniono", "attention"))
    if one.state is AnnouncementState.WITHDRAWN:
        marks.append(badge("wycofane", "neutral"))
    return Safe(" ".join(marks))


def article(title: str, body: str, *, marks: Safe, dates: str, attachment: tuple[int, str] | None) -> None:
    """One announcement whole, as it is read; `attachment`: the number in its address and its name."""
    link = ""
    if attachment is not None:
        number, name = attachment
        link = f'<p><a href="{ATTACHMENT_PATH}{number}" target="_self" download>Załącznik: {text(name)}</a></p>'
    st.html(
        f'<article class="kit kit-article"><h2>{text(title)}</h2>'
        f'<p class="kit-small">{marks} {text(dates)}</p>'
        f'<div class="kit kit-prose">{prose_html(body)}</div>{link}</article>'
    )


def show_opened(opened: OpenedAnnouncement) -> None:
    """The announcement the tenant has opened, and what it said before it was changed."""
    head = opened.head
    if head.state is AnnouncementState.WITHDRAWN:
        note("To ogłoszenie zostało wycofane i już nie obowiązuje.", tone="attention")
    attachment = (head.announcement_id, opened.attachment_name) if opened.attachment_name else None
    article(head.title, opened.body, marks=_marks(head), dates=_dates(head), attachment=attachment)
    if opened.earlier:
        with st.expander("Poprzednia treść"):
            for one in opened.earlier:
                st.html(
                    f'<p class="kit kit-small">Treść z {text(formats.instant(one.written_at))}</p>'
                    f'<div class="kit kit-prose"><h3>{text(one.title)}</h3>{prose_html(one.body)}</div>'
                )


def _dates(head: OwnAnnouncement) -> str:
    told = [f"opublikowano {formats.day_of(head.visible_from)}"]
    if head.changed_at is not None:
        told.append(f"zmieniono {formats.instant(head.changed_at)}")
    if head.expires_on is not None:
        told.append(f"obowiązuje do {formats.day(head.expires_on)}")
    return ", ".join(told)
