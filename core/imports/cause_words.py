"""Polish for the causes of findings: on the desk and in messages about a file."""

from core.imports.findings import Cause

CAUSES: dict[Cause, str] = {
    Cause.FILE: "Plik nie nadaje się do wczytania",
    Cause.ENCODING: "Znaki spoza kodowania",
    Cause.LINE: "Uszkodzone wiersze",
    Cause.QUOTE: "Cudzysłowy",
    Cause.FIELDS: "Liczba pól w wierszu",
    Cause.UNKNOWN_COLUMN: "Pominięte kolumny",
    Cause.MISSING_COLUMN: "Brakujące kolumny",
    Cause.REQUIRED: "Brak wymaganej wartości",
    Cause.VALUE: "Nieprawidłowa wartość",
    Cause.SIDES: "Obciążenie i uznanie",
    Cause.UNKNOWN_REFERENCE: "Brak powiązanej pozycji",
    Cause.CONFLICT: "Konflikt z wczytanym dokumentem",
    Cause.REPEATED_KEY: "Numer powtórzony w pliku",
    Cause.EQUAL_ROW: "Taki sam wiersz w innym pliku",
    Cause.UNKNOWN_TYPE: "Nieznany typ dokumentu",
    Cause.UNUSUAL_AMOUNT: "Nietypowa kwota",
    Cause.SUSPENDED: "Nieznany kontrahent, umowa lub licznik (poczekalnia)",
    Cause.READING: "Odczyty, które trzeba sprawdzić",
    Cause.TOTALS: "Sumy kontrolne",
    Cause.BALANCE: "Saldo inne niż w pliku",
    Cause.OPENING: "Bilans otwarcia po wcześniejszych wpisach",
    Cause.CHANGED: "Zmienione dane",
    Cause.CLOSED_PERIOD: "Data w zamkniętym okresie",
    Cause.SUSPENSE: "Przypisanie wiersza z poczekalni",
}
