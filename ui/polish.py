"""Polish for the words in Streamlit's own bundles: file pattern → (English literal, Polish literal).

Streamlit 1.67 has no translations. Literals are exact, with their quotes, so that a new version is noticed.
"""


def _word(english: str, polish: str) -> tuple[str, str]:
    return f"`{english}`", f"`{polish}`"


PATCHES: dict[str, list[tuple[str, str]]] = {
    "index.Dormv*.js": [
        _word("Skip to main content", "Przejdź do treści głównej"),
        _word("App pages", "Strony portalu"),
        ('"aria-label":`Sidebar`', '"aria-label":`Panel boczny`'),
        _word("Expand sidebar", "Pokaż menu"),
        _word("Collapse sidebar", "Ukryj menu"),
        _word("Main menu", "Opcje wyświetlania"),
        _word("Navigate to home page", "Przejdź do strony głównej"),
        ('"aria-label":`Notifications`', '"aria-label":`Powiadomienia`'),
        ('"aria-label":`Close`', '"aria-label":`Zamknij`'),
        _word("Running...", "Trwa wczytywanie…"),
        ("`Stopping...`:`Stop`", "`Zatrzymywanie…`:`Zatrzymaj`"),
        _word("Page not found", "Nie znaleziono strony"),
        _word("The page that you have requested does not seem to exist", "Strona o podanym adresie nie istnieje"),
        (". Running the app's main page.`", ". Wyświetlono stronę główną.`"),
        _word("Reconnected to server.", "Przywrócono połączenie."),
        _word("Connection error", "Brak połączenia"),
        _word(
            "Streamlit server is not responding. Are you connected to the internet?",
            "Serwer portalu nie odpowiada. Sprawdź połączenie z internetem. Wpisane dane pozostają w formularzu.",
        ),
        _word("Print", "Drukuj"),
    ],
    "WidgetLabel.*.js": [
        ("(required)", "(wymagane)"),
    ],
    "requiredField.*.js": [
        _word("This field is required.", "To pole jest wymagane."),
    ],
    "StreamlitMarkdown.*.js": [
        ("`Help`:`Help for ${", "`Pomoc`:`Pomoc: ${"),
        _word("Link to heading", "Odnośnik do nagłówka"),
    ],
    "InputInstructions.*.js": [
        ("?`submit form`:`apply`", "?`wysłać formularz`:`zatwierdzić`"),
        ("Enter to ${e}", "Enter, aby ${e}"),
        ("`Press ${", "`Naciśnij ${"),
        ("`Press Enter", "`Naciśnij Enter"),
    ],
    "FileUploader.*.js": [
        _word("Upload", "Wybierz plik"),
        _word("Upload directories", "Wybierz katalogi"),
        _word("Drag and drop a file here", "Upuść plik tutaj"),
        _word("Drag and drop files here", "Upuść pliki tutaj"),
        (",0)} per file`", ",0).replace(`MB`,`\u00a0MB`)} na plik`"),
        _word("Add files", "Dodaj pliki"),
        ("`${e.type} files are not allowed.`", "`Ten typ pliku jest niedozwolony.`"),
    ],
    "NumberInput.*.js": [
        _word("Increment", "Zwiększ"),
        _word("Decrement", "Zmniejsz"),
        _word("Clear value", "Wyczyść"),
        (
            "Number is outside the allowed range. Please enter a value between ${n} and ${r}.",
            "Wartość spoza zakresu. Podaj liczbę od ${n} do ${r}.",
        ),
        (
            "Number is above the allowed range. Please enter a value less than or equal to ${r}.",
            "Wartość za duża. Podaj liczbę nie większą niż ${r}.",
        ),
        (
            "Number is below the allowed range. Please enter a value greater than or equal to ${n}.",
            "Wartość za mała. Podaj liczbę nie mniejszą niż ${n}.",
        ),
        ("`Error: ${", "`Błąd: ${"),
    ],
    "TextInput.*.js": [
        _word("Show password", "Pokaż hasło"),
        _word("Hide password", "Ukryj hasło"),
        _word("Clear entry", "Wyczyść pole"),
        _word("Invalid input.", "Nieprawidłowa wartość."),
    ],
    "Selectbox.*.js": [
        _word("Open", "Rozwiń listę"),
        ("locale:`en-US`", "locale:`pl-PL`"),
        _word("No results", "Brak wyników"),
        _word("Clear value", "Wyczyść"),
        _word("Selectbox options", "Opcje"),
    ],
    "Multiselect.*.js": [
        _word("Open", "Rozwiń listę"),
        ("locale:`en-US`", "locale:`pl-PL`"),
        _word("No results", "Brak wyników"),
        _word("Clear all", "Wyczyść wszystko"),
        ("`Remove ${", "`Usuń ${"),
        _word("Select all", "Zaznacz wszystko"),
        ("} matches`", "} pasujących`"),
    ],
    "utils.ob4wbeQt.js": [
        _word("Choose an option", "Wybierz z listy"),
        _word("Choose options", "Wybierz z listy"),
        _word("No options to select", "Brak pozycji do wyboru"),
    ],
    "utils.Dl0nPRk0.js": [
        _word("Error: ", "Błąd: "),
        _word("file upload", "wybór pliku"),
        ("`Remove ${", "`Usuń ${"),
        ("`Cancel upload of ${", "`Anuluj przesyłanie ${"),
        ("File type must be ${", "Dozwolony typ pliku: ${"),
        ("`one of ${", "`jeden z ${"),
        ("`${t.type} files are not allowed.`", "`Ten typ pliku jest niedozwolony.`"),
        ("`File must be ${$(n,`b`)} or smaller.`", "`Plik może mieć najwyżej ${$(n,`b`)}.`"),
        _word("File size is too small.", "Plik jest za mały."),
        _word("Only one file is allowed.", "Wybierz tylko jeden plik."),
    ],
    "DateInput.*.js": [
        _word("Choose date", "Wybierz datę z kalendarza"),
        _word("Choose date range", "Wybierz zakres dat z kalendarza"),
        ("} start date`", "} – data od`"),
        ("} end date`", "} – data do`"),
        _word("Clear date", "Wyczyść datę"),
        _word("Clear dates", "Wyczyść daty"),
        _word(
            "Use arrow keys to navigate dates. Enter to select. Escape to close.",
            "Strzałki zmieniają datę, Enter wybiera, Escape zamyka.",
        ),
        _word("Quick select a date range", "Szybki wybór zakresu"),
        _word("Date range", "Zakres dat"),
        _word("Select...", "Wybierz…"),
        ("locale:`en-US`", "locale:`pl-PL`"),
    ],
    "ReorderedSegments.*.js": [
        (
            "**Error**: Date set outside allowed range. Please select a date on or before ${r}.",
            "Data spoza zakresu. Wybierz datę nie późniejszą niż ${r}. Do tego czasu liczy się poprzednia.",
        ),
        (
            "**Error**: Date set outside allowed range. Please select a date on or after ${n}.",
            "Data spoza zakresu. Wybierz datę nie wcześniejszą niż ${n}. Do tego czasu liczy się poprzednia.",
        ),
        (
            "**Error**: Date set outside allowed range. Please select a date between ${n} and ${r}.",
            "Data spoza zakresu. Wybierz datę od ${n} do ${r}. Do tego czasu liczy się poprzednia.",
        ),
        _word("Previous month", "Poprzedni miesiąc"),
        _word("Next month", "Następny miesiąc"),
        _word("Past Week", "Ostatni tydzień"),
        _word("Past Month", "Ostatni miesiąc"),
        _word("Past 3 Months", "Ostatnie 3 miesiące"),
        _word("Past 6 Months", "Ostatnie 6 miesięcy"),
        _word("Past Year", "Ostatni rok"),
        _word("Past 2 Years", "Ostatnie 2 lata"),
    ],
    "useCopyToClipboard.*.js": [
        _word("Copy to clipboard", "Kopiuj"),
        _word("Copied", "Skopiowano"),
    ],
    "Toolbar.*.js": [
        _word("Fullscreen", "Pełny ekran"),
        _word("Close fullscreen", "Zamknij pełny ekran"),
    ],
    "ArrowVegaLiteChart.*.js": [
        _word("Show data", "Pokaż dane"),
        _word("Show chart", "Pokaż wykres"),
        _word("Download as PNG", "Pobierz PNG"),
        _word("Copy Vega-Lite spec", "Kopiuj definicję"),
        _word("Copied!", "Skopiowano"),
    ],
    "DataFrame.*.js": [
        _word("Show/hide columns", "Pokaż lub ukryj kolumny"),
        _word("Download as CSV", "Pobierz CSV"),
        _word("Search", "Szukaj"),
        _word("Add row", "Dodaj wiersz"),
        _word("Delete row(s)", "Usuń wiersze"),
        _word("Clear selection", "Wyczyść zaznaczenie"),
        _word("Sort ascending", "Sortuj rosnąco"),
        _word("Sort descending", "Sortuj malejąco"),
        _word("Hide column", "Ukryj kolumnę"),
        _word("Pin column", "Przypnij kolumnę"),
        _word("Unpin column", "Odepnij kolumnę"),
        _word("Copy column name", "Kopiuj nazwę kolumny"),
        _word("Type to search", "Wpisz, aby szukać"),
        _word("Next Result", "Następny wynik"),
        _word("Previous Result", "Poprzedni wynik"),
        _word("Close Search", "Zamknij wyszukiwanie"),
        _word("Select all", "Zaznacz wszystko"),
    ],
    "Pagination.*.js": [
        ("`Page ${", "`Strona ${"),
        _word("Next page", "Następna strona"),
        _word("Previous page", "Poprzednia strona"),
        ('"aria-label":`Pagination`', '"aria-label":`Stronicowanie`'),
    ],
}
