"""Where an application stands, in the words of its applicant: what it means, and what comes next by when."""

from collections.abc import Callable
from dataclasses import dataclass

from core.activation.models import RequestState
from core.activation.tracking import RequestStatus
from core.clock import local
from ui import formats
from ui.activation import download_link
from ui.document_routes import application_link
from ui.forms import show_answer
from ui.layout import Tone, badge, kv, link_list, paragraph, section


@dataclass(frozen=True, slots=True)
class Progress:
    """A state in words. `links` lead on from there."""

    word: str
    tone: Tone
    tell: Callable[[RequestStatus], str]
    links: tuple[tuple[str, str], ...] = ()


NEW_REQUEST = (("Złóż nowy wniosek", "/aktywacja"),)
SIGN_IN = (("Zaloguj się", "/logowanie"),)


def _paper(status: RequestStatus) -> str:
    if status.administrator_received_on:
        return (
            f"Podpisany wniosek jest u administratora od {formats.day(status.administrator_received_on)}. Przekaże go do "
            "rejonu, a wtedy zacznie biec 14 dni na decyzję."
        )
    hours = f" Godziny przyjęć: {status.hours}." if status.hours else ""
    return (
        f"Wydrukuj wniosek, podpisz i złóż osobiście do {formats.day(status.paper_until)}, z dokumentem tożsamości. "
        f"Miejsce: {status.where}.{hours} Po tym dniu wniosek wygaśnie."
    )


def _decision(status: RequestStatus) -> str:
    until = f" do {formats.day(status.deadline_on)}" if status.deadline_on else ""
    return f"Sprawdzamy go i odpowiemy e-mailem{until}. Nie musisz nic robić."


def _correction(status: RequestStatus) -> str:
    return f"Do czasu uzupełnienia termin nie biegnie. W razie pytań: {status.where}."


def _fixed(sentence: str) -> Callable[[RequestStatus], str]:
    return lambda _: sentence


PROGRESS: dict[RequestState, Progress] = {
    RequestState.SUBMITTED: Progress("Czekamy na podpisany wniosek", "attention", _paper),
    RequestState.FILED: Progress("Wniosek złożony", "information", _decision),
    RequestState.IN_REVIEW: Progress("Wniosek jest sprawdzany", "information", _decision),
    RequestState.CORRECTION: Progress("Wniosek trzeba uzupełnić", "attention", _correction),
    RequestState.APPROVED: Progress(
        "Wniosek zatwierdzony", "good", _fixed("Za chwilę wyślemy e-mailem identyfikator i hasło pierwotne.")
    ),
    RequestState.CREDENTIALS_SENT: Progress(
        "Konto założone",
        "good",
        _fixed(
            "Identyfikator i hasło pierwotne są w wiadomości e-mail. Zaloguj się nimi i ustaw własne hasło. "
            "Nie ma wiadomości? Sprawdź folder ze spamem."
        ),
        SIGN_IN,
    ),
    RequestState.COMPLETED: Progress("Konto działa", "good", _fixed("Możesz się logować własnym hasłem."), SIGN_IN),
    RequestState.REJECTED: Progress(
        "Odmowa założenia konta", "attention", _fixed("Gdy powód zniknie, możesz złożyć nowy wniosek."), NEW_REQUEST
    ),
    RequestState.EXPIRED: Progress(
        "Wniosek wygasł", "neutral", _fixed("Podpisany wniosek nie wpłynął w ciągu 60 dni."), NEW_REQUEST
    ),
    RequestState.WITHDRAWN: Progress(
        "Wniosek wycofany", "neutral", _fixed("Ten wniosek nie będzie rozpatrywany."), NEW_REQUEST
    ),
    RequestState.SUPERSEDED: Progress(
        "Zastąpiony nowszym wnioskiem",
        "neutral",
        _fixed(
            "Wysłano później drugi wniosek o to samo konto. Liczy się tamten: jego numer jest w późniejszej wiadomości."
        ),
    ),
}


def show_progress(status: RequestStatus) -> None:
    """The state with what it means, the days that matter, and the way on."""
    progress = PROGRESS[status.state]
    section(f"Wniosek {status.number}")
    show_answer(badge(progress.word, progress.tone))
    paragraph(progress.tell(status))
    kv([(name, value) for name, value in _facts(status) if value], label="Wniosek")
    if status.document_key:
        download_link("Pobierz wniosek (PDF)", application_link(status.document_key))
    if progress.links:
        link_list(progress.links, label="Dalej")


def _facts(status: RequestStatus) -> list[tuple[str, str]]:
    return [
        ("Co uzupełnić" if status.state is RequestState.CORRECTION else "Wiadomość z rejonu", status.message or ""),
        ("Powód", status.reject_reason or ""),
        ("Formularz wysłano", formats.day(local(status.submitted_at))),
        ("Złożony w rejonie", formats.day(status.filed_on) if status.filed_on else ""),
        ("Ten stan od", formats.day(local(status.since))),
    ]
