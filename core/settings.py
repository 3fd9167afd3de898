"""Settings from the environment, read once and checked at the start."""

import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Settings:
    """Where things are. `var` holds what runs make; `database_url` is SQLAlchemy's."""

    var: Path
    database_url: str
    production: bool
    tls: bool

    @property
    def files(self) -> Path:
        """Folder of the files kept by the hash of their content."""
        return self.var / "files"


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process.

    `IOK_VAR` moves `var/`; `IOK_DATABASE_URL` chooses the database (`sqlite:///…` or `postgresql+psycopg://…`);
    `IOK_PRODUCTION=1` turns on the checks of a public installation, `IOK_TLS=1` says that browsers reach it
    over TLS (cookies are then `__Host-` and Secure). Raises ValueError for a URL we do not serve.
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
    )
