"""What messages say: one text a template, in plain Polish; the HTML part is the same text, laid out."""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import cache, lru_cache
from pathlib import Path

import jinja2
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from core.landlord import landlord

FOLDER = Path(__file__).parent / "texts"
_URL = re.compile(r"https?://[^\s<>\"]+")


class Turn(IntEnum):
    """Who goes first when many wait: somebody waits for a code, a whole city is warned, a whole city is told."""

    PERSON = 2
    WARNING = 1
    MANY = 0


@dataclass(frozen=True, slots=True)
class Template:
    """A message: its subject (a template too), what it is filled with, and what is only made when it is sent."""

    subject: str
    parameters: frozenset[str]
    at_last: frozenset[str] = frozenset()
    turn: Turn = Turn.PERSON


def _template(subject: str, *parameters: str, at_last: tuple[str, ...] = (), turn: Turn = Turn.PERSON) -> Template:
    return Template(subject, frozenset(parameters), frozenset(at_last), turn)


TEMPLATES: dict[str, Template] = {
    "application": _template("Wniosek {{ number }}: wydrukuj, podpisz i złóż", "number", "name", "where", "hours"),
    "filed": _template("Wniosek {{ number }} został złożony", "number", "name", "deadline"),
    "correction": _template("Wniosek {{ number }}: prosimy o uzupełnienie", "number", "name", "message"),
    "rejected": _template("Wniosek {{ number }} został rozpatrzony odmownie", "number", "name", "reason", "message"),
    "expired": _template("Wniosek {{ number }} wygasł", "number", "name"),
    "withdrawn": _template("Wniosek {{ number }} został wycofany", "number", "name"),
    "transferred": _template("Wniosek {{ number }}: zmiana rejonu", "number", "name", "where"),
    "credentials": _template(
        "Twój identyfikator i hasło pierwotne – zachowaj tę wiadomość",
        "account_id",
        "login",
        at_last=("initial_password",),
    ),
    "recovery_link": _template("Odnośnik do ustawienia nowego hasła", "account_id", "login", at_last=("link",)),
    "password_changed": _template("Hasło do portalu zostało zmienione", "login"),
    "account_locked": _template("Konto w portalu zostało zablokowane", "login"),
    "account_locked_by_office": _template("Konto w portalu zostało zablokowane w rejonie", "login"),
    "account_unlocked": _template("Konto w portalu zostało odblokowane", "login"),
    "account_closed": _template("Konto w portalu zostało zamknięte", "login"),
    "new_initial_password": _template(
        "Nowe hasło pierwotne – zachowaj tę wiadomość", "account_id", "login", at_last=("initial_password",)
    ),
    "window_opens": _template(
        "Podaj stan wodomierzy do {{ closes_on }}", "opens_on", "closes_on", "reading_day", "meters", turn=Turn.MANY
    ),
    "window_closes": _template(
        "Zostało kilka dni na odczyt wodomierzy: do {{ closes_on }}", "closes_on", "meters", turn=Turn.MANY
    ),
    "reading_rejected": _template("Odczyt wodomierza nie został przyjęty", "meter", "read_on"),
    "announcement": _template("Ogłoszenie: {{ title }}", "title", "body", "changed", "announcement_id", turn=Turn.MANY),
    "emergency": _template(
        "PILNE: {{ title }}", "title", "body", "changed", "announcement_id", "until", turn=Turn.WARNING
    ),
    "digest": _template("Nowości w portalu najemcy", "lines", turn=Turn.MANY),
    "letter": _template("Masz nowe pismo w portalu", "letters", turn=Turn.WARNING),
    "question_answered": _template("Odpowiedź na Twoje pytanie {{ number }}", "number", "thread_id"),
    "data_ready": _template("Plik z Twoimi danymi jest gotowy", "until"),
    "data_failed": _template("Pliku z Twoimi danymi nie udało się przygotować", "asked_on"),
    "closing_rejected": _template("Twoja prośba o zamknięcie konta: odpowiedź rejonu"),
    "contact_decided": _template("Twoje dane kontaktowe: decyzja rejonu", "what"),
    "proxy_invitation": _template(
        "Zaproszenie do pełnomocnictwa w portalu najemcy", "grant_id", "person", "tenant", "until", at_last=("link",)
    ),
    "proxy_granted_by_office": _template("Twój rejon zaprosił pełnomocnika do Twojej umowy", "person"),
    "proxy_accepted": _template("{{ person }} przyjmuje Twoje pełnomocnictwo", "person"),
    "proxy_given_up": _template("{{ person }} rezygnuje z pełnomocnictwa", "person"),
    "proxy_ended": _template("Pełnomocnictwo w portalu najemcy zostało odwołane", "login"),
    "import_left": _template("Plik czeka na sprawdzenie: {{ kind }}", "kind", "batch", "counts", "causes", "what_next"),
    "fault_changed": _template("Zgłoszenie {{ number }}: jest nowa wiadomość", "number", "report_id"),
    "email_code": _template("Kod do zmiany adresu e-mail", "change_id", at_last=("code",)),
    "email_warning": _template(
        "Ktoś zmienia adres e-mail Twojego konta w portalu", "change_id", "new", at_last=("link",)
    ),
    "email_refused_office": _template("Najemca zgłasza: to nie ja zmieniam adres e-mail", "change_id"),
    "account_locked_refused": _template("Konto w portalu zostało zablokowane", "login"),
    "verification_ends": _template("Legalizacja wodomierza kończy się {{ until }}", "meter", "until", turn=Turn.MANY),
}


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message ready to be put into an envelope."""

    subject: str
    text: str
    html: str


def check_parameters(template: str, given: Mapping[str, str]) -> None:
    """A template that is not there, and parameters that are missing or too many, are bugs: KeyError, ValueError."""
    wanted = TEMPLATES[template].parameters
    if given.keys() != wanted:
        raise ValueError(f"template {template} takes {sorted(wanted)}, given {sorted(given)}")


def render(template: str, parameters: Mapping[str, str], *, portal: str) -> Rendered:
    """Fill a template; `portal` is the address of the tenant portal."""
    filled = {**parameters, "landlord": landlord(), "portal": portal}
    subject = _subject(template).render(filled)
    text = _environment().get_template(f"{template}.txt").render(filled).strip()
    foot = _environment().get_template("foot.txt").render(filled).strip()
    whole = f"{text}\n\n-- \n{foot}\n"
    # A subject is one line, whatever somebody wrote into a form.
    return Rendered(" ".join(subject.split()), whole, _laid_out(" ".join(subject.split()), text, foot))


@lru_cache(maxsize=1)
def _environment() -> Environment:
    # Plain text is not escaped; the HTML part escapes the finished text, so no parameter ever reaches HTML as it is.
    return Environment(
        loader=FileSystemLoader(FOLDER),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _subject(template: str) -> jinja2.Template:
    return _environment().from_string(TEMPLATES[template].subject)


def _laid_out(subject: str, text: str, foot: str) -> str:
    body = "".join(_paragraph(part) for part in text.split("\n\n"))
    return (
        '<!doctype html><html lang="pl"><head><meta charset="utf-8">'
        f"<title>{html.escape(subject)}</title></head>"
        '<body style="margin:0;background:#eef1f4"><div style="max-width:38rem;margin:0 auto;padding:1.5rem;background:#fff;'
        'color:#0f1720;font:1.0625rem/1.6 Arial,Helvetica,sans-serif">'
        f"{body}"
        f'<hr style="border:0;border-top:1px solid #7a8794"><p style="color:#4a5560;font-size:.9375rem">'
        f"{_lines(foot)}</p></div></body></html>"
    )


def _paragraph(part: str) -> str:
    return f'<p style="margin:0 0 1rem">{_lines(part)}</p>'


def _lines(part: str) -> str:
    return "<br>".join(_linked(line) for line in part.split("\n"))


def _linked(line: str) -> str:
    escaped, at = "", 0
    for found in _URL.finditer(line):
        url = html.escape(found.group().rstrip(".,)"))
        escaped += html.escape(line[at : found.start()]) + f'<a href="{url}" style="color:#0b5c8f">{url}</a>'
        at = found.start() + len(found.group().rstrip(".,)"))
    return escaped + html.escape(line[at:])
