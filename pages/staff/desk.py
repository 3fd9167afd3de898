"""Pulpit: what there is and how fresh it is."""

from core.access.scopes import Permission
from core.db import reading
from core.overview import staff_desk
from ui import formats
from ui.layout import Figure, frame, kpi_row, kv, link_list, note, paragraph, section
from ui.question_desk import answer_times
from ui.sign_in import require_employee

scope = require_employee(Permission.SEE_DESK)

with frame("Pulpit"):
    with reading() as session:
        desk = staff_desk(session, scope)
    kpi_row(
        [
            Figure(desk.tenants, "Najemcy"),
            Figure(desk.tenancies, "Umowy"),
            Figure(desk.entries, "Operacje w kartotece"),
            Figure(desk.suspended, "W poczekalni (całe miasto)", attention=desk.suspended > 0),
        ],
        label="Stan danych",
    )
    if desk.suspended and scope.may(Permission.IMPORT_FILES):
        link_list([("Przejdź do poczekalni", "/poczekalnia")], label="Poczekalnia")
    if desk.requests is not None:
        section("Wnioski o konto")
        waits, late, decided = desk.requests.waiting, desk.requests.overdue, desk.requests.decided
        kpi_row(
            [Figure(waits, "Do załatwienia"), Figure(late, "Po terminie", attention=late > 0)],
            label="Wnioski o konto",
        )
        paragraph(
            f"Decyzje z ostatnich 30 dni: {formats.count(desk.requests.kept)} z {formats.count(decided)} w terminie "
            f"({formats.percent(desk.requests.kept, decided)})."
            if decided
            else "W ostatnich 30 dniach nie było decyzji."
        )
        link_list([("Przejdź do wniosków", "/wnioski")], label="Wnioski o konto")
    if desk.questions is not None:
        section("Pytania najemców")
        answer_times(desk.questions)
        link_list([("Przejdź do pytań", "/korespondencja")], label="Pytania najemców")
    faults = desk.faults if desk.faults and (desk.faults.waiting or desk.faults.overdue) else None
    if faults or desk.waiting_readings or desk.waiting_changes or desk.dead_mail:
        section("Do sprawdzenia")
    if faults:
        note(
            f"Zgłoszenia awarii do podjęcia: {formats.count(faults.waiting)}, "
            f"po terminie: {formats.count(faults.overdue)}.",
            tone="attention" if faults.overdue else "information",
            link=("Przejdź do zgłoszeń", "/zgloszenia"),
        )
    if desk.waiting_readings:
        note(
            f"Odczyty do wyjaśnienia: {formats.count(desk.waiting_readings)}.",
            link=("Przejdź do odczytów", "/odczyty"),
        )
    if desk.waiting_changes:
        note(
            f"Zmiany danych do załatwienia: {formats.count(desk.waiting_changes)}.",
            link=("Przejdź do zmian danych", "/zmiany-danych"),
        )
    if desk.dead_mail:
        note(
            f"Niedoręczone wiadomości: {formats.count(desk.dead_mail)}.",
            tone="attention",
            link=("Przejdź do administracji", "/administracja"),
        )
    section("Ostatni import")
    if desk.last_batch is None:
        note(
            "Nie wczytano jeszcze żadnego pliku. Zacznij na stronie Import od budynków.",
            link=("Przejdź do importu", "/import") if scope.may(Permission.IMPORT_FILES) else None,
        )
    else:
        batch = desk.last_batch
        kv(
            [
                ("Plik", batch.file_name),
                ("Wczytano", formats.instant(batch.committed_at)),
                ("Kto wczytał", batch.employee_login or "konsola"),
                ("Wiersze", formats.count(batch.rows)),
                ("Przyjęte", formats.count(batch.accepted)),
                ("W poczekalni", formats.count(batch.suspended)),
                ("Wpłaty zaksięgowane do", formats.day(desk.latest_booking) if desk.latest_booking else "brak wpłat"),
            ],
            label="Ostatni import",
        )
