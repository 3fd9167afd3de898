from ui.layout import badge
from ui.markup import Safe, text
from ui.tables import Column, table_html

ROWS = [("Anna", "1,00"), ("Ja<n", "2,00")]
COLUMNS = (Column[tuple[str, str]]("Kto", lambda row: row[0]), Column[tuple[str, str]]("Ile", lambda row: row[1], True))


def test_table_has_caption_scopes_and_a_region_for_the_keyboard() -> None:
    html = table_html(ROWS, COLUMNS, caption="Wpłaty")

    assert "<caption>Wpłaty</caption>" in html
    assert html.count('scope="col"') == 2
    assert html.count('scope="row"') == 2
    assert 'role="region" tabindex="0" aria-label="Wpłaty"' in html


def test_phone_layout_restates_roles_and_labels() -> None:
    html = table_html(ROWS, COLUMNS, caption="Wpłaty", phone="stack")

    assert html.count('role="row"') == 3
    assert 'role="cell" data-label="Ile"' in html


def test_header_column_may_be_any() -> None:
    assert '<th scope="row" role="rowheader" data-label="Ile"' in table_html(ROWS, COLUMNS, caption="W", header=1)


def test_cells_captions_and_labels_are_escaped() -> None:
    html = table_html([("<i>x</i>", "&")], (Column("<u>", lambda row: row[0]),), caption='"><b>')

    assert "<i>" not in html
    assert "<u>" not in html
    assert "<b>" not in html


def test_badges_of_the_kit_stay_html() -> None:
    html = table_html([1], (Column("Stan", lambda _: badge("<przyjęty>", "good")),), caption="Odczyty")

    assert '<span class="kit-badge kit-good">&lt;przyjęty&gt;</span>' in html


def test_empty_table_is_a_table() -> None:
    assert '<tbody role="rowgroup"></tbody>' in table_html([], COLUMNS, caption="Wpłaty")


def test_what_opens_under_a_row_spans_the_table() -> None:
    html = table_html(ROWS, COLUMNS, caption="Wpłaty", more=lambda row: Safe(f"<details>{text(row[0])}</details>"))

    assert '<tr role="row" class="kit-more"><td role="cell" colspan="2"><details>Ja&lt;n</details></td></tr>' in html
    assert html.count("kit-more") == 2


def test_running_text_and_what_must_not_wrap_say_so_in_their_cells_only() -> None:
    columns = (Column[str]("Kiedy", str, wrap="never"), Column[str]("Szczegóły", str, wrap="prose"))
    html = table_html(["x"], columns, caption="Zdarzenia")

    assert 'data-label="Kiedy" class="kit-wrap-never"' in html
    assert 'data-label="Szczegóły" class="kit-wrap-prose"' in html
    assert html.count("kit-wrap-") == 2
