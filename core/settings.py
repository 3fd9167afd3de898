"""Settings from the environment, read once and checked at the start."""

import os
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PORTAL_URL = "http://localhost:8501"
MAIL_FROM = "Zarząd Lokali Demo <portal@lokale.example>"


@dataclass(frozen=True, slots=True)
class Settings:
    """Where things are. `var` holds what runs make; `database_url` is SQLAlchemy's."""

    var: Path
    database_url: str
    production: bool
    tls: bool
    tenant_url: str = PORTAL_URL  # where browsers reach the tenant portal; mail links to it
    mail_from: str = MAIL_FROM
    mail_worker: bool = True  # whether the apps deliver mail themselves
    smtp_url: str | None = field(default=None, repr=False)  # may hold a password

    @property
    def files(self) -> Path:
        """Folder of the files kept by the hash of their content."""
        return self.var / "files"


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process.

    `IOK_VAR` moves `var/`; `IOK_DATABASE_URL` chooses the database (`sqlite:///…` or `postgresql+psycopg://…`);
    `IOK_PRODUCTION=1` turns on the checks of a public installation, `IOK_TLS=1` says that browsers reach it
    over TLS (cookies are then `__Host-` and Secure). `IOK_TENANT_URL` is the portal's address in messages, `IOK_MAIL_FROM`
    their sender, `IOK_SMTP_URL` (`smtp://user:password@host:587?starttls=1`, `smtps://…`) the server that takes them;
    without it they are written as files under `var/mail/`. `IOK_MAIL_WORKER=0` leaves their delivery to `python -m core mail`.
    Raises ValueError for a URL we do not serve.
    """
    var = Path(os.environ.get("IOK_VAR") or ROOT / "var").resolve()
    url = os.environ.get("IOK_DATABASE_URL") or f"sqlite:///{var / 'iok.db'}"
    if url.startswith(("postgresql://", "postgres://")):
        url = "postgresql+psycopg://" + url.split("://", 1)[1]
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise ValueError("IOK_DATABASE_URL: expected sqlite:///… or postgresql://…")
    return Settings(
        var=var,
        database_url=url,
        production=os.environ.get("IOK_PRODUCTION") == "1",
        tls=os.environ.get("IOK_TLS") == "1",
        tenant_url=(os.environ.get("IOK_TENANT_URL") or PORTAL_URL).rstrip("/"),
        mail_from=os.environ.get("IOK_MAIL_FROM") or MAIL_FROM,
        mail_worker=os.environ.get("IOK_MAIL_WORKER") != "0",
        smtp_url=_smtp_url(),
    )


def _smtp_url() -> str | None:
    url = os.environ.get("IOK_SMTP_URL") or None
    if url and not url.startswith(("smtp://", "smtps://")):
        raise ValueError("IOK_SMTP_URL: expected smtp://… or smtps://…")
    return url
