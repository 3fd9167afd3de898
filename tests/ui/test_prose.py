import re
from html.parser import HTMLParser

import pytest

from core.accounts.terms import SHIPPED, personal_data_text
from core.landlord import in_landlords_name
from ui.prose import prose_html


@pytest.mark.parametrize(
    ("published", "html"),
    [
        ("Jeden\nakapit.\n\nDrugi.", "<p>Jeden akapit.</p><p>Drugi.</p>"),
        ("# A\n## B\n### C", "<h2>A</h2><h2>B</h2><h3>C</h3>"),
        ("## A\ntekst\n## B", "<h2>A</h2><p>tekst</p><h2>B</h2>"),
        ("1. raz\n2. dwa\n   i pół\n3. trzy", "<ol><li>raz</li><li>dwa i pół</li><li>trzy</li></ol>"),
        ("4. dalej", '<ol start="4"><li>dalej</li></ol>'),
        ("Trzeba:\n- tego\n- tamtego", "<p>Trzeba:</p><ul><li>tego</li><li>tamtego</li></ul>"),
        ("- a\n1. b", "<ul><li>a</li></ul><ol><li>b</li></ol>"),
        ("**Ważne:** tekst", "<p><strong>Ważne:</strong> tekst</p>"),
        ("Zob. [Regulamin](/regulamin).", '<p>Zob. <a href="/regulamin" target="_self">Regulamin</a>.</p>'),
        ("[a@b.pl](mailto:a@b.pl)", '<p><a href="mailto:a@b.pl" target="_self">a@b.pl</a></p>'),
        ("2026 - rok", "<p>2026 - rok</p>"),
        ("", ""),
    ],
)
def test_marks_of_a_published_text(published: str, html: str) -> None:
    assert prose_html(published) == html


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize(
    "payload",
    [
        "<script>alert(1)</script>",
        "<img src=https://elsewhere.example/x.png onerror=alert(1)>",
        "![beacon](https://elsewhere.example/x.png)",
        "[x](javascript:alert(1))",
        "[x](JAVASCRIPT:alert`1`)",
        "[x](data:text/html,<script>alert(1)</script>)",
        "[x](//elsewhere.example/)",
        '[x](https://a.example/"onmouseover="alert(1))',
        "[x](https://a.example/'onclick='1)",
        "## <iframe src=//a.example>",
        "1. <b onclick=alert(1)>x</b>",
        "**<style>*{display:none}</style>**",
        "<!--",
        "[**x**](https://a.example/**y**)",
        "\u202egnihtyna",
    ],
)
def test_nothing_else_becomes_html(payload: str) -> None:
    parser = Tags()
    parser.feed(prose_html(payload))
    for tag, attributes in parser.found:
        assert tag in {"p", "h2", "ol", "ul", "li", "strong", "a"}
        assert set(attributes) <= {"href", "target", "start"}
        assert re.match(
            r"https://a\.example|https://elsewhere\.example/x\.png$", attributes.get("href") or "https://a.example"
        )


def test_very_long_lines_take_no_time() -> None:
    for mark in ("[", "**", "[a](", "# ", "1. ", "*" * 3):
        assert prose_html(mark * 50_000)


def test_texts_that_ship_have_no_mark_left_over() -> None:
    for published in ((SHIPPED / "1.0.md").read_text(encoding="utf-8"), personal_data_text()):
        html = prose_html(in_landlords_name(published))
        assert not re.search(r"\]\(|\*\*|##", html)
        assert html.count("<h2>") > 5
