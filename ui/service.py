"""The two services, by realm: what they are called, which cookie is theirs, how much may be uploaded."""

from dataclasses import dataclass

from core.access.models import Realm
from core.access.scopes import Permission
from core.settings import settings

# The name under which the guard hands the session's key to Streamlit (server.trustedUserHeaders in config.toml).
SESSION_HEADER = "X-Iok-Session"
SESSION_FIELD = "sid"


@dataclass(frozen=True, slots=True)
class Service:
    """One of the two applications."""

    realm: Realm
    name: str
    description: str
    cookie: str
    upload_mb: int  # the largest file that a screen takes
    upload_permissions: tuple[Permission, ...] = ()  # who may upload: who has one of these; none: everybody signed in
    plain_pages: tuple[str, ...] = ("/dostepnosc", "/rodo")  # paths answered with HTML of ours, without Streamlit

    @property
    def cookie_name(self) -> str:
        """The cookie's name; with TLS its prefix binds it to this host, this path and an encrypted connection."""
        return f"__Host-{self.cookie}" if settings().tls else self.cookie


SERVICES = {
    Realm.TENANT: Service(
        realm=Realm.TENANT,
        name="Portal najemcy",
        description="Opłaty, wpłaty i saldo najmu lokalu miejskiego.",
        cookie="iok_najemca",
        upload_mb=10,  # photos of dials, attachments of questions
    ),
    Realm.STAFF: Service(
        realm=Realm.STAFF,
        name="Panel pracownika",
        description="Internetowa Obsługa Kontrahenta: panel pracownika.",
        cookie="iok_pracownik",
        upload_mb=200,
        upload_permissions=(
            Permission.IMPORT_FILES,
            Permission.WRITE_ANNOUNCEMENTS,
            Permission.SEND_LETTERS,
            Permission.ANSWER_QUESTIONS,
        ),
        plain_pages=("/dostepnosc", "/rodo", "/regulamin"),  # the portal has a screen for the last
    ),
}
