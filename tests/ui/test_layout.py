from streamlit.testing.v1 import AppTest

from ui.markup import Safe, text


def test_text_is_escaped_once() -> None:
    assert text('<a href="x">') == "&lt;a href=&quot;x&quot;&gt;"
    assert text(text("&")) == "&amp;"
    assert text(Safe("<b>")) == "<b>"


def test_blocks_escape_what_they_are_given() -> None:
    def script() -> None:
        from ui.layout import Figure, kpi_row, kv, note, page_header, status

        page_header("Tytuł", "<i>")
        note("<i>", link=("<i>", "/<i>"))
        status("<i>")
        kv([("<i>", "<i>")], label="<i>")
        kpi_row([Figure(1000, "<i>", attention=True)], label="<i>")

    app = AppTest.from_function(script).run()

    assert not app.exception
    html = "".join(element.body for element in app.html)
    assert "<i>" not in html
    assert "<b>1\u00a0000</b>" in html


def test_footer_carries_telephone_email_and_given_links() -> None:
    def script() -> None:
        from ui.layout import footer

        footer([("Regulamin", "/regulamin")])

    (element,) = AppTest.from_function(script).run().html

    assert 'href="tel:420000000"' in element.body
    assert 'href="mailto:kontakt@lokale.example"' in element.body
    assert '<a href="/regulamin" target="_self">Regulamin</a>' in element.body
