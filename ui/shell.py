"""The HTML page every screen starts from, in Polish, and the headers every answer carries."""

import html
import re
from pathlib import Path

import streamlit

from core.landlord import landlord
from core.settings import ROOT, settings
from ui.markup import email_link, phone_links
from ui.service import Service

OWN_ASSETS = ROOT / "ui" / "assets"
STREAMLIT_STATIC = Path(streamlit.__file__).parent / "static"
STREAMLIT_ICONS = "MaterialSymbols-Rounded.*.woff2"  # below static/media; four thousand icons, of which it shows eighty
ICONS = ROOT / "data" / "fonts" / "icons.woff2"  # those (scripts/icons.py)
PLAIN_STYLE = "plain.css"  # of the pages that are not Streamlit's
ROOT_ELEMENT = '<div id="root">'

# Scripts come from our own files only. Styles must be allowed inline: Streamlit writes them with emotion.
CSP = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "media-src 'self' blob:",
        "worker-src 'self' blob:",
        "manifest-src 'self'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "object-src 'none'",
    )
)
PERMISSIONS = "camera=(self), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()"


def security_headers() -> dict[str, str]:
    """Headers of every answer, whatever made it."""
    headers = {
        "Content-Security-Policy": CSP,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": PERMISSIONS,
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    if settings().tls:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    return headers


def shell(service: Service, prefix: str) -> bytes:
    """Streamlit's index.html in Polish, with our style and script, its files taken from under `prefix`.

    Raises LookupError when Streamlit's page no longer has a part that is replaced here.
    """
    page = (STREAMLIT_STATIC / "index.html").read_text(encoding="utf-8")
    name, about = html.escape(service.name), html.escape(service.description)
    head = (
        f'<title>{name}</title>\n    <meta name="description" content="{about}" />\n'
        '    <meta name="robots" content="noindex, nofollow" />\n'
        + "".join(f'    <link rel="stylesheet" href="{prefix}/{name}" />\n' for name in _own("css"))
        + "".join(f'    <script src="{prefix}/{name}"></script>\n' for name in _own("js"))
    )
    noscript = (
        f"<noscript><h1>{name}</h1><p>Serwis wymaga włączonej obsługi JavaScript. "
        "Włącz ją w ustawieniach przeglądarki albo załatw sprawę w swoim Rejonie Obsługi Najemców.</p>"
        f"<p>tel. {phone_links(landlord().phone)}, {email_link(landlord().email)}</p>"
        '<p><a href="/dostepnosc">Deklaracja dostępności</a>, <a href="/rodo">Dane osobowe</a></p></noscript>'
    )
    for pattern, replacement in (
        (r'<html lang="en">', '<html lang="pl">'),
        (r"<title>Streamlit</title>", head),
        (r"<noscript>.*?</noscript>", noscript),
        (r'<!--\s+Machine-readable.*?-->\s*<link rel="service-desc"[^>]*>', ""),
        (r"<!-- initialize window\.prerenderReady.*?-->\s*<script>.*?</script>", ""),
        (r'href="\./favicon\.png"', f'href="{prefix}/favicon.png"'),
    ):
        page, found = re.subn(pattern, lambda _, text=replacement: text, page, count=1, flags=re.S)  # type: ignore[misc]
        if not found:
            raise LookupError(f"index.html of Streamlit has no {pattern}")
    return page.replace('"./static/', f'"{prefix}/').encode()


def _own(suffix: str) -> list[str]:
    return sorted(file.name for file in OWN_ASSETS.glob(f"*.{suffix}") if file.name != PLAIN_STYLE)
