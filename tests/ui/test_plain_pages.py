"""What the law asks for is there without JavaScript, in both services."""

import re
from html.parser import HTMLParser

import httpx
import pytest

from core.accounts.terms import publish_terms
from core.audit.models import Actor
from core.db import transaction
from tests.servers import Server
from tests.ui.conftest import tenant_cookie

# The parts that monitoring of public services looks up by their id.
IDS = ["wstep", "podmiot", "zakres", "url", "data-publikacja", "data-aktualizacja", "status", "data-sporzadzenie",
       "data-przeglad", "kontakt", "email", "telefon", "procedura", "architektura", "komunikacja"]  # fmt: skip
PAGES = [("portal", "/dostepnosc"), ("portal", "/rodo"), ("dashboard", "/dostepnosc"), ("dashboard", "/rodo"),
         ("dashboard", "/regulamin")]  # fmt: skip
VOID = {"meta", "link", "br", "hr", "img"}


class Outline(HTMLParser):
    """Headings, landmarks and ids of a page; every element that is opened has to be closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.opened: list[str] = []
        self.headings: list[int] = []
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.ids += [value or "" for name, value in attrs if name == "id"]
        assert not [name for name, _ in attrs if name.startswith("on")]
        if tag not in VOID:
            self.opened.append(tag)
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))

    def handle_endtag(self, tag: str) -> None:
        assert self.opened.pop() == tag


@pytest.fixture
def servers(portal: Server, dashboard: Server) -> dict[str, Server]:
    return {"portal": portal, "dashboard": dashboard}


@pytest.mark.parametrize(("service", "path"), PAGES)
def test_page_is_plain_polish_html(servers: dict[str, Server], service: str, path: str) -> None:
    answer = httpx.get(servers[service].url + path)
    outline = Outline(answer.text)

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["content-encoding"] == "gzip"
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert answer.text.startswith('<!DOCTYPE html>\n<html lang="pl">')
    assert outline.opened == []
    assert "script" not in outline.tags
    assert "noscript" not in outline.tags
    assert [outline.tags.count(tag) for tag in ("header", "main", "footer", "h1")] == [1, 1, 1, 1]
    assert outline.headings[0] == 1
    assert all(after - before <= 1 for before, after in zip(outline.headings, outline.headings[1:], strict=False))
    assert len(outline.ids) == len(set(outline.ids))
    assert "$" not in answer.text
    assert f'<a href="{path}" target="_self" aria-current="page">' in answer.text
    assert '<a href="/">' in answer.text


@pytest.mark.parametrize(("service", "path"), PAGES)
def test_styles_of_a_page_are_there(servers: dict[str, Server], service: str, path: str) -> None:
    page = httpx.get(servers[service].url + path).text
    sources = re.findall(r'"(/zasoby/[^"]+)"', page)
    assert len(sources) == 4  # an icon, two styles, a typeface
    for source in sources:
        assert httpx.get(servers[service].url + source).status_code == 200, source


@pytest.mark.parametrize("method", ["HEAD", "POST"])
def test_only_reading_a_page_is_answered(portal: Server, method: str) -> None:
    answer = httpx.request(method, f"{portal.url}/rodo", headers={"Accept-Encoding": "identity"})
    if method == "HEAD":
        assert answer.status_code == 200
        assert (
            answer.headers["content-length"]
            == httpx.get(f"{portal.url}/rodo", headers={"Accept-Encoding": "identity"}).headers["content-length"]
        )
    else:
        assert answer.status_code == 405


def test_declaration_has_what_monitoring_looks_for(portal: Server, dashboard: Server) -> None:
    for server, service in ((portal, "Portal najemcy"), (dashboard, "Panel pracownika")):
        page = httpx.get(f"{server.url}/dostepnosc").text
        assert [name for name in IDS if f'id="a11y-{name}"' not in page] == []
        assert "częściowo zgodna" in page
        assert "4 kwietnia 2019" in page
        assert "Zarząd Lokali Demo" in page
        assert re.search(r'<time id="a11y-data-publikacja" datetime="\d{4}-\d{2}-\d{2}">', page)
        assert service in page


def test_declaration_of_each_service_names_its_own_shortcomings(portal: Server, dashboard: Server) -> None:
    grids = "W siatkach danych"
    assert grids not in httpx.get(f"{portal.url}/dostepnosc").text
    page = httpx.get(f"{dashboard.url}/dostepnosc").text
    assert grids in page
    assert f'<a id="a11y-url" href="{dashboard.url}">' in page


def test_personal_data_names_controller_and_authority(portal: Server) -> None:
    page = httpx.get(f"{portal.url}/rodo").text
    for told in ("Zarząd Lokali Demo", "mailto:iod@lokale.example", "art. 6 ust. 1 lit. b", "Prezesa Urzędu Ochrony"):
        assert told in page


def test_dashboard_shows_the_terms_in_force(dashboard: Server) -> None:
    assert "nie został jeszcze opublikowany" in httpx.get(f"{dashboard.url}/regulamin").text
    with transaction() as session:
        publish_terms(session, version="1.0", text="## § 1. Ogólne\n\n1. Jest <b>", changes="", actor=Actor.CONSOLE)

    page = httpx.get(f"{dashboard.url}/regulamin").text

    assert "<h2>§ 1. Ogólne</h2><ol><li>Jest &lt;b&gt;</li></ol>" in page


def test_pages_are_the_same_for_who_is_signed_in(portal: Server) -> None:
    assert (
        httpx.get(f"{portal.url}/rodo", headers={"Cookie": tenant_cookie()}).text
        == httpx.get(f"{portal.url}/rodo").text
    )


def test_without_javascript_every_other_address_leads_to_people_and_to_these_pages(portal: Server) -> None:
    told = httpx.get(f"{portal.url}/finanse").text.split("<noscript>")[1].split("</noscript>")[0]
    for part in ('href="tel:420000000"', "mailto:kontakt@lokale.example", 'href="/dostepnosc"', 'href="/rodo"'):
        assert part in told


def test_the_portals_screen_of_terms_stays_a_screen(portal: Server) -> None:
    assert '<div id="root">' in httpx.get(f"{portal.url}/regulamin").text
