"""What states and steps of a report are called in Polish, on screen, in notices and in files."""

from core.faults.models import FaultStatus, StepKind

STATUS_WORDS = {
    FaultStatus.ACCEPTED: "przyjęte",
    FaultStatus.IN_PROGRESS: "w realizacji",
    FaultStatus.DONE: "wykonane",
    FaultStatus.REJECTED: "odrzucone",
}
STEP_WORDS = {
    StepKind.SENT: "Zgłoszenie przyjęte",
    StepKind.IN_PROGRESS: "W realizacji",
    StepKind.DONE: "Wykonane",
    StepKind.REJECTED: "Odrzucone",
    StepKind.REOPENED: "Otwarte ponownie",
    StepKind.DUE_CHANGED: "Zmieniono termin",
    StepKind.LINKED: "Dołączone do awarii w budynku",
    StepKind.UNLINKED: "Odłączone od awarii w budynku",
    StepKind.ASSIGNED: "Przydzielono",
    StepKind.RATED: "Ocenione",
}
