"""Pages that the law asks for, as plain HTML: they open at once and work without JavaScript, in both services."""

import gzip
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from core.access.models import Realm
from core.accounts.terms import current_terms, personal_data_text
from core.clock import local
from core.db import reading
from core.landlord import in_landlords_name, landlord
from core.maintenance import Pause
from core.settings import ROOT, settings
from ui import formats
from ui.frontend import Frontend
from ui.layout import FOOTER_LINKS, footer_html
from ui.markup import Safe, phone_links, text
from ui.prose import prose_html
from ui.service import Service
from ui.shell import PLAIN_STYLE, STREAMLIT_STATIC

TEXTS = ROOT / "data" / "accessibility"
STYLES = ("components.css", PLAIN_STYLE)
Content = Callable[[Service, str], Safe]


def plain_routes(service: Service, frontend: Frontend) -> list[BaseRoute]:
    """Routes of one service, matched before Streamlit's."""
    return [_route(service, frontend, path, *_PAGES[path]) for path in service.plain_pages]


def _route(service: Service, frontend: Frontend, path: str, title: str, content: Content) -> BaseRoute:
    async def page(request: Request) -> Response:
        body = await run_in_threadpool(content, service, _address(service, request))
        whole = _page(service, frontend.prefix, path, title, body).encode()
        headers = {"Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
        if "gzip" in request.headers.get("accept-encoding", ""):
            whole, headers["Content-Encoding"] = gzip.compress(whole, 6, mtime=0), "gzip"
        return Response(whole, media_type="text/html", headers=headers)

    return Route(path, page, methods=["GET"])


def _page(service: Service, prefix: str, path: str, title: str, body: Safe) -> str:
    styles = "".join(f'<link rel="stylesheet" href="{prefix}/{name}">' for name in STYLES) + _typeface(prefix)
    return (
        f'<!DOCTYPE html>\n<html lang="pl"><head><meta charset="utf-8"><title>{text(title)} – {text(service.name)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="icon" href="{prefix}/favicon.png">{styles}</head>\n'
        '<body class="plain"><a class="plain-skip" href="#tresc">Przejdź do treści głównej</a>\n'
        f'<header class="kit"><a href="/">← {text(service.name)}</a></header>\n'
        f'<main id="tresc" class="kit kit-prose" tabindex="-1"><h1>{text(title)}</h1>\n{body}\n</main>\n'
        f"{footer_html(FOOTER_LINKS, current=path)}</body></html>\n"
    )


def pause_page(service: Service, prefix: str, pause: Pause) -> Response:
    """What every address answers during a technical pause."""
    if pause.until is None:
        end = "Nie wiemy jeszcze, ile potrwa."
    elif pause.is_late:
        end = "Trwa dłużej, niż planowaliśmy."
    else:
        end = f"Potrwa do: {formats.instant(pause.until)}."
    body = Safe(
        f"<p>{end} W tym czasie nie można się zalogować. Nic nie zginęło: salda, pisma i zgłoszenia czekają.</p>"
        f"<p>Pilna sprawa? Zadzwoń: {phone_links(landlord().phone)}.</p>"
        '<p><a href="">Sprawdź, czy serwis już działa</a></p>'
    )
    headers = {"Cache-Control": "no-store", "Retry-After": f"{pause.wait.total_seconds():.0f}"}
    page = _page(service, prefix, "", "Przerwa techniczna", body)
    return Response(page, 503, media_type="text/html", headers=headers)


def _typeface(prefix: str) -> str:
    """The typeface of the other screens, which the browser has or will need anyway."""
    files = sorted((STREAMLIT_STATIC / "static" / "media").glob("SourceSansVF-Upright*.woff2"))
    source = f'url("{prefix}/media/{files[0].name}") format("woff2")' if files else "local(sans-serif)"
    face = f'font-family: "Source Sans"; font-weight: 200 900; font-display: swap; src: {source};'
    return f"<style>@font-face {{ {face} }}</style>"


def _address(service: Service, request: Request) -> str:
    """Where browsers reach the service; that of the dashboard is known only from who asks for it."""
    if service.realm is Realm.TENANT:
        return settings().tenant_url
    return f"{'https' if settings().tls else request.url.scheme}://{request.url.netloc}"


def _accessibility(service: Service, address: str) -> Safe:
    shortcomings = (TEXTS / f"{service.realm}.html").read_text(encoding="utf-8")
    declaration = (TEXTS / "declaration.html").read_text(encoding="utf-8")
    return Safe(
        in_landlords_name(
            declaration,
            escape=text,
            service=text(service.name),
            url=text(address),
            shortcomings=shortcomings,
            phone_link=phone_links(landlord().phone),
        )
    )


def _personal_data(service: Service, address: str) -> Safe:
    return prose_html(personal_data_text())


def _terms(service: Service, address: str) -> Safe:
    with reading() as session:
        terms = current_terms(session)
    if terms is None:
        return prose_html("Regulamin nie został jeszcze opublikowany.")
    since = formats.day(local(terms.published_at))
    changes = f'<p class="kit-note kit-information">Co się zmieniło: {text(terms.changes)}</p>' if terms.changes else ""
    return Safe(
        f"<p>Regulamin portalu najemcy, wersja {text(terms.version)}, obowiązuje od {since}.</p>"
        f"{changes}{prose_html(terms.text)}"
    )


_PAGES: dict[str, tuple[str, Content]] = {
    "/dostepnosc": ("Deklaracja dostępności", _accessibility),
    "/rodo": ("Dane osobowe", _personal_data),
    "/regulamin": ("Regulamin", _terms),
}
