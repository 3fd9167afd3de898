"""Settings from the environment, read once and checked at the start."""

import os
import re
from dataclasses import dataclass, field, fields
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
PORTAL_URL = "http://localhost:8501"
_ADDRESS = re.compile(r"[!-?A-~]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
MAIL_FROM = "Zarząd Lokali Demo <portal@lokale.example>"


@dataclass(frozen=True, slots=True)
class Retention:
    """How many days things are kept before `python -m core expire` removes them; ledgers are not among them."""

    requests: int = 30  # applications that came to nothing, after their end
    attempts: int = 90  # to sign in
    sessions: int = 30  # after their end
    audit: int = 731  # two years, one of them a leap year
    mail: int = 30  # delivered or given up on; what a message says is wiped on delivery


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
    retention: Retention = Retention()
    accounting_email: str | None = None  # who is told of files that the scheduled import leaves for the desk
    files_url: str | None = None  # the bucket where files are kept; without it they are in `files`
    files_endpoint: str | None = None  # its server; without it AWS

    @property
    def files(self) -> Path:
        """Folder of the files kept by the hash of their content, or of the copies of those in a bucket."""
        return self.var / "files"


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process.

    `IOK_VAR` moves `var/`; `IOK_DATABASE_URL` chooses the database (`sqlite:///…` or `postgresql+psycopg://…`);
    `IOK_PRODUCTION=1` turns on the checks of a public installation, `IOK_TLS=1` says that browsers reach it
    over TLS (cookies are then `__Host-` and Secure). `IOK_TENANT_URL` is the portal's address in messages, `IOK_MAIL_FROM`
    their sender, `IOK_SMTP_URL` (`smtp://user:password@host:587?starttls=1`, `smtps://…`) the server that takes them;
    without it they are written as files under `var/mail/`. `IOK_MAIL_WORKER=0` leaves their delivery to `python -m core mail`,
    files with own data to `python -m core own-data` and the removal of what is old to `python -m core expire`.
    `IOK_ACCOUNTING_EMAIL` is told of files that `python -m core watch` leaves for the import desk.
    `IOK_KEEP_REQUESTS`, `…_ATTEMPTS`, `…_SESSIONS`, `…_AUDIT` and `…_MAIL` are the days of `Retention`. `IOK_FILES_URL`
    (`s3://bucket/prefix`) keeps files in a bucket instead of under `var/`, `IOK_FILES_ENDPOINT` (`https://…`) names a server
    other than AWS's; its client finds the credentials itself.
    Raises ValueError for a URL we do not serve, an address and days that are none.
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
        retention=_retention(),
        accounting_email=_accounting_email(),
        files_url=_files_url(),
        files_endpoint=_files_endpoint(),
    )


def _retention() -> Retention:
    given = {}
    for kept in fields(Retention):
        name = f"IOK_KEEP_{kept.name.upper()}"
        if typed := os.environ.get(name):
            # Locks count wrong passwords of a day, the history of sign-ins is shown: less than two days breaks them.
            if not typed.isascii() or not typed.isdecimal() or not 2 <= int(typed) <= 36_500:
                raise ValueError(f"{name}: expected a number of days from 2 to 36500")
            given[kept.name] = int(typed)
    return Retention(**given)


def _smtp_url() -> str | None:
    url = os.environ.get("IOK_SMTP_URL") or None
    if url and not url.startswith(("smtp://", "smtps://")):
        raise ValueError("IOK_SMTP_URL: expected smtp://… or smtps://…")
    return url


def _accounting_email() -> str | None:
    address = os.environ.get("IOK_ACCOUNTING_EMAIL") or None
    if address and not _ADDRESS.fullmatch(address):
        raise ValueError("IOK_ACCOUNTING_EMAIL: expected one address, as ksiegowosc@example.com")
    return address


def _files_url() -> str | None:
    url = os.environ.get("IOK_FILES_URL") or None
    if url is None:
        if os.environ.get("IOK_FILES_ENDPOINT"):
            raise ValueError("IOK_FILES_ENDPOINT: is of no use without IOK_FILES_URL")
        return None
    parts = urlsplit(url)
    if parts.scheme != "s3" or not parts.netloc or set("@:") & set(parts.netloc) or parts.query or parts.fragment:
        raise ValueError("IOK_FILES_URL: expected s3://bucket or s3://bucket/prefix")
    return url.rstrip("/")


def _files_endpoint() -> str | None:
    url = os.environ.get("IOK_FILES_ENDPOINT") or None
    # A password in it would end up in the log, with the address of each request that failed.
    if url and (not url.startswith(("http://", "https://")) or not urlsplit(url).netloc or "@" in url):
        raise ValueError("IOK_FILES_ENDPOINT: expected http://… or https://…, without credentials")
    return url
