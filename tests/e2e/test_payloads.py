"""Whatever somebody writes into a field, no screen runs it, loads anything from elsewhere or formats it: in Chromium."""

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.access.scopes import Role
from core.accounts.creating import create_employee
from core.accounts.sign_in import operator_scope
from core.announcements.models import Announcement, AnnouncementKind
from core.announcements.publishing import announce_due, ask_publishing, publish
from core.announcements.writing import AnnouncementPlan, AnnouncementText, write_draft
from core.clock import now, today
from core.contact.models import ChangeState, ContactChange, ContactKind
from core.correspondence.filing import Paper
from core.correspondence.matching import Match
from core.db import transaction
from core.faults.models import FaultIncident, FaultMessage, FaultReport, FaultStatus, FaultStep, StepKind
from core.questions.models import Author, QuestionMessage, QuestionThread, SubjectKind, ThreadState
from core.registry.audiences import Audience, AudienceKind
from core.registry.models import Tenancy, Tenant
from tests.core.correspondence.cast import paper, sent
from tests.e2e.conftest import TENANT, TENANT_NO, drawn, pick, premises_of_tenant, sign_in
from tests.servers import Server, running

pytestmark = pytest.mark.e2e
STAFF = ("wszystko", "Wiosenny-Kasztan-2026")
EVIL = "https://evil.example/x"
# After the cheat sheets of OWASP (XSS Filter Evasion) and what Markdown, templates and Streamlit's own marks could do.
PAYLOADS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    f"<img src={EVIL}.png>",
    "<svg onload=alert(1)>",
    f"<svg><image href='{EVIL}.svg'/></svg>",
    f"<iframe src='{EVIL}'></iframe>",
    f"<link rel=stylesheet href='{EVIL}.css'>",
    f"<style>@import '{EVIL}.css';</style>",
    "<body onload=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<a href=javascript:alert(1)>a</a>",
    f"<form action='{EVIL}'><button>a</button></form>",
    f"<video src='{EVIL}.mp4' autoplay></video>",
    f"<audio src='{EVIL}.mp3'></audio>",
    f"<object data='{EVIL}'></object>",
    f"<embed src='{EVIL}'>",
    f"<base href='{EVIL}'>",
    f"<meta http-equiv=refresh content='0;url={EVIL}'>",
    "<input autofocus onfocus=alert(1)>",
    "<marquee onstart=alert(1)>",
    "<math><mtext><script>alert(1)</script></mtext></math>",
    '"><script>alert(1)</script>',
    "'><img src=x onerror=alert(1)>",
    "</title><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\\u003cscript\\u003ealert(1)\\u003c/script\\u003e",
    f"![obraz]({EVIL}.png)",
    "[odnośnik](javascript:alert(1))",
    f"[odnośnik](//{EVIL[8:]})",
    f"<{EVIL}>",
    "**gruby** _pochyły_ ~~nie~~",
    "# nagłówek",
    "`kod`",
    "$\\href{javascript:alert(1)}{x}$",
    ":red[czerwony] :material/home: :smile:",
    "{{ 7*7 }} ${7*7} <%= 7*7 %>",
    "|a|b|",
    "> cytat",
]


@pytest.fixture
def written(city: str, tmp_path: Path) -> str:
    """Each payload as an announcement, a letter, an address that waits, a question with its answer, and in a fault report."""
    with transaction() as session:
        login, password = STAFF
        create_employee(session, login=login, name="Ewa", password=password, roles=[*Role], district_codes=[])
        for payload in PAYLOADS:
            _announce(session, payload)
        tenants = session.scalars(select(Tenant.id).where(Tenant.tenant_no != TENANT_NO).limit(len(PAYLOADS)))
        own = session.scalars(select(Tenant.id).where(Tenant.tenant_no == TENANT_NO)).one()
        for tenant, payload in zip(tenants, PAYLOADS, strict=True):
            session.add(_change(tenant, payload, ChangeState.WAITING))
            session.add(_change(own, payload, ChangeState.REJECTED))
            _ask(session, own, payload)
        sent(session, operator_scope(), *(_letter(own, payload) for payload in PAYLOADS))
        session.execute(update(Announcement).values(visible_from=now() - timedelta(minutes=1)))
        announce_due(session)
        _report(session)
    return city


def _letter(tenant_id: int, payload: str) -> Paper:
    return paper(str(PAYLOADS.index(payload)), Match(tenant_id, None), title=payload, letter_no=payload[:60])


def _report(session: Session) -> None:
    """A report whose every text holds the payloads, and an incident a payload."""
    premises = premises_of_tenant(session)
    tenancy = session.scalars(
        select(Tenancy).where(Tenancy.premises_id == premises.id, Tenancy.valid_to.is_(None))
    ).one()
    report = FaultReport(
        number="A/000001/2026",
        submission_key="k",
        tenant_id=tenancy.tenant_id,
        tenancy_id=tenancy.id,
        building_id=premises.building_id,
        category="water_drain",
        answers=json.dumps([[payload, payload] for payload in PAYLOADS]),
        description="\n".join(PAYLOADS),
        at_home=PAYLOADS[0],
        status=FaultStatus.ACCEPTED,
        due_on=today(),
        created_at=now(),
    )
    session.add(report)
    session.flush()
    for payload in PAYLOADS:
        step = FaultStep(report_id=report.id, at=now(), kind=StepKind.IN_PROGRESS, by_tenant=False, note=payload)
        said = FaultMessage(report_id=report.id, at=now(), by_tenant=True, internal=False, body=payload)
        incident = FaultIncident(
            building_id=premises.building_id, branch="water", title=payload, body=payload, opened_at=now()
        )
        session.add_all([step, said, incident])


def _announce(session: Session, payload: str) -> None:
    plan = AnnouncementPlan(AnnouncementKind.PLAIN, Audience(AudienceKind.ALL))
    scope, text = operator_scope(), AnnouncementText(payload, "\n\n".join(PAYLOADS))
    made = write_draft(session, scope, text=text, plan=plan)
    question = ask_publishing(session, scope, announcement_id=made)
    publish(session, scope, announcement_id=made, recipients=question.recipients, token=question.token)


def _ask(session: Session, tenant_id: int, payload: str) -> None:
    thread = QuestionThread(
        number=f"P/{PAYLOADS.index(payload):06}/2026",
        tenant_id=tenant_id,
        subject_kind=SubjectKind.GENERAL,
        title=payload,
        state=ThreadState.OPEN,
        opened_at=now(),
        waits_since=now(),
    )
    session.add(thread)
    session.flush()
    for author in Author:
        body, name = "\n\n".join(PAYLOADS), f"{payload}.pdf"
        session.add(
            QuestionMessage(
                thread_id=thread.id, author=author, internal=False, body=body, written_at=now(),
                attachment_sha256="0" * 64, attachment_name=name,
            )
        )  # fmt: skip


def _change(tenant_id: int, payload: str, state: ChangeState) -> ContactChange:
    return ContactChange(
        tenant_id=tenant_id,
        kind=ContactKind.ADDRESS,
        state=state,
        old=payload,
        new=payload,
        reason=payload,
        asked_at=now(),
    )


def watched(context: BrowserContext, server: Server) -> tuple[Page, list[str]]:
    """A page, and everything it does that it must not."""
    page = context.new_page()
    wrong: list[str] = []

    def dialog(one: object) -> None:
        wrong.append(f"dialog {one}")

    page.on("dialog", dialog)
    page.on(
        "request", lambda one: None if one.url.startswith((server.url, "data:", "blob:")) else wrong.append(one.url)
    )
    return page, wrong


def made_by_payloads(page: Page) -> list[str]:
    """Elements that only a payload could have made."""
    made = "script, iframe, object, embed, video, audio, base, marquee, math, form[action*=evil], [onerror], [onload]"
    led = "[href*='evil.example'], [src*='evil.example'], [href^='javascript']"
    found = page.locator(f"main :is({made}, {led})")
    return [str(one) for one in found.evaluate_all("all => all.map(one => one.outerHTML)")]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_no_screen_runs_what_was_written(context: BrowserContext, written: str, tmp_path: Path) -> None:
    with running("app_tenant.py", folder=tmp_path) as portal, running("app_staff.py", folder=tmp_path) as dashboard:
        page, wrong = watched(context, portal)
        page.goto(f"{portal.url}/ogloszenia")
        sign_in(page, *TENANT)
        expect(page.get_by_role("button", name="<script>alert(1)</script>", exact=True)).to_be_visible()
        assert page.locator("[class*='st-key-entry-announcement-']").count() == len(PAYLOADS)
        assert made_by_payloads(page) == []
        page.get_by_role("button", name="**gruby** _pochyły_ ~~nie~~").click()
        expect(page.locator("article")).to_contain_text("<img src=x onerror=alert(1)>")
        drawn(page)
        assert made_by_payloads(page) == []
        assert page.locator("article strong").all_inner_texts() == ["gruby"], "the one mark that a text may use"
        for path, word in (
            ("/", "Przeczytaj: > cytat"),
            ("/dane-kontaktowe", "<svg onload=alert(1)>"),
            ("/korespondencja", "|a|b|"),
            ("/korespondencja?nr=1", PAYLOADS[0]),
        ):
            page.goto(portal.url + path)
            expect(page.get_by_text(word).first).to_be_visible()
            drawn(page)
            assert made_by_payloads(page) == []
        page.get_by_role("button", name="Otwórz pismo").click()
        expect(page.locator("img[src='/pliki/pismo-strona/1/1']")).to_be_visible()
        page.goto(f"{portal.url}/zgloszenia?nr=1")
        expect(page.get_by_text("<svg onload=alert(1)>").first).to_be_visible()
        drawn(page)
        assert made_by_payloads(page) == []
        page.get_by_role("button", name="Wróć do zgłoszeń").click()
        page.get_by_role("button", name="Zgłoś awarię albo usterkę").click()
        page.get_by_role("button", name="Nic z tych rzeczy").click()
        page.get_by_role("radiogroup", name="Czego dotyczy").get_by_text("Woda i kanalizacja", exact=True).click()
        page.get_by_role("radiogroup", name="Co się dzieje").get_by_text("Nie ma wody", exact=True).click()
        expect(page.get_by_role("button", name="Mnie też dotyczy")).to_have_count(len(PAYLOADS))
        drawn(page)
        assert made_by_payloads(page) == []
        page.goto(f"{portal.url}/korespondencja")
        page.get_by_text("Pytania", exact=True).click()
        expect(page.get_by_role("heading", name="Pytania", level=2)).to_be_visible()
        drawn(page)  # the letters have a button of that name too
        page.get_by_role("button", name="Pokaż starsze").click()
        expect(page.locator("[class*='st-key-entry-question-'] button")).to_have_count(len(PAYLOADS))
        drawn(page)
        assert made_by_payloads(page) == []
        page.get_by_role("button", name="**gruby** _pochyły_ ~~nie~~").click()
        expect(page.locator("article").last).to_contain_text("<img src=x onerror=alert(1)>")
        drawn(page)
        assert made_by_payloads(page) == []
        assert page.locator("article strong").all_inner_texts() == ["Ty", "Rejon"]
        assert wrong == []

        page, wrong = watched(context, dashboard)
        page.goto(f"{dashboard.url}/ogloszenia")
        sign_in(page, *STAFF)
        for path in ("/ogloszenia", "/zmiany-danych", "/korespondencja"):
            page.goto(dashboard.url + path)
            expect(page.get_by_role("table")).to_contain_text("<svg onload=alert(1)>")
            drawn(page)
            assert made_by_payloads(page) == []
        pick(page, "Otwórz pytanie", re.compile("P.000001"))  # the first: a list that scrolls under the click loses it
        expect(page.locator("article").last).to_contain_text("<svg onload=alert(1)>")
        drawn(page)
        assert made_by_payloads(page) == []
        page.goto(f"{dashboard.url}/korespondencja")
        page.get_by_text("Paczki pism", exact=True).click()
        pick(page, "Pokaż paczkę", re.compile("1: pisma.zip"))
        expect(page.get_by_role("table")).to_contain_text("<svg onload=alert(1)>")
        drawn(page)
        assert made_by_payloads(page) == []
        page.goto(f"{dashboard.url}/zgloszenia")
        pick(page, "Otwórz zgłoszenie", re.compile("A.000001"))
        expect(page.get_by_text("<svg onload=alert(1)>").first).to_be_visible()
        drawn(page)
        assert made_by_payloads(page) == []
        page.get_by_role("button", name="Wróć do kolejki").click()
        page.get_by_role("radiogroup", name="Widok").get_by_text("Awarie w budynkach", exact=True).click()
        expect(page.get_by_role("table").first).to_contain_text("<svg onload=alert(1)>")
        drawn(page)
        assert made_by_payloads(page) == []
        assert wrong == []


def test_there_are_forty_of_them() -> None:
    assert len(set(PAYLOADS)) == 40
