"""PDFs that people hand in: what is kept and what is refused, with files made for the purpose."""

import io
import struct
import zlib
from collections.abc import Callable

import pikepdf
import pytest

from core.clock import now
from core.documents.attachments import checked_attachment, harmless_name, media_type
from core.documents.pdfs import LARGEST_MB, check_pdf
from core.documents.sheet import Paragraph, Sheet
from core.errors import InvalidInputError


def plain_pdf(pages: int = 1) -> bytes:
    with pikepdf.new() as pdf:
        for _ in range(pages):
            pdf.add_blank_page(page_size=(595, 842))
        return saved(pdf)


def saved(pdf: pikepdf.Pdf, **how: object) -> bytes:
    out = io.BytesIO()
    pdf.save(out, **how)  # type: ignore[arg-type]
    return out.getvalue()


def with_change(change: Callable[[pikepdf.Pdf], object]) -> bytes:
    with pikepdf.open(io.BytesIO(plain_pdf())) as pdf:
        change(pdf)
        return saved(pdf)


def test_ordinary_documents_are_taken_and_their_pages_counted() -> None:
    assert check_pdf(plain_pdf(3)) == 3
    ours = Sheet(title="Pismo", author="Zarząd", made_at=now(), running_title="Pismo")
    ours.paragraph(Paragraph("Dzień dobry", tag="H1"))
    assert check_pdf(ours.to_bytes()) == 1


def test_link_to_a_page_of_the_web_and_a_jump_at_opening_are_no_active_content() -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        page = pdf.pages[0]
        link = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 10, 10],
            A=pikepdf.Dictionary(S=pikepdf.Name.URI, URI="https://example.com"),
        )  # fmt: skip
        page.Annots = pikepdf.Array([link])
        pdf.Root.OpenAction = pikepdf.Array([page.obj, pikepdf.Name.Fit])

    assert check_pdf(with_change(change)) == 1


def script(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")


def script_in_a_stream(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pdf.make_stream(b"app.alert(1)"))


def named_scripts(pdf: pikepdf.Pdf) -> None:
    pdf.Root.Names = pikepdf.Dictionary(JavaScript=pikepdf.Dictionary(Names=["a", pikepdf.Dictionary()]))


def program(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.Launch, F="cmd.exe")


def action_of_a_page(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].obj["/AA"] = pikepdf.Dictionary(O=pikepdf.Dictionary(S=pikepdf.Name.URI, URI="https://example.com"))


def file_inside(pdf: pikepdf.Pdf) -> None:
    pdf.attachments["x.exe"] = pikepdf.AttachedFileSpec(pdf, b"MZ", filename="x.exe")


def xfa(pdf: pikepdf.Pdf) -> None:
    pdf.Root.AcroForm = pikepdf.Dictionary(XFA=pdf.make_stream(b"<xdp/>"), Fields=[])


def deep_in_a_next_action(pdf: pikepdf.Pdf) -> None:
    last = pikepdf.Dictionary(S=pikepdf.Name.SubmitForm, F="https://example.com")
    pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.GoTo, D="x", Next=pikepdf.Array([last]))


@pytest.mark.parametrize(
    "change",
    [script, script_in_a_stream, named_scripts, program, action_of_a_page, file_inside, xfa, deep_in_a_next_action],
)
def test_what_acts_by_itself_is_refused(change: Callable[[pikepdf.Pdf], None]) -> None:
    with pytest.raises(InvalidInputError, match="zawiera skrypty") as refused:
        check_pdf(with_change(change))
    assert refused.value.field == "file"


def test_script_is_found_in_a_packed_file_and_under_a_spelled_out_name() -> None:
    with pikepdf.open(io.BytesIO(plain_pdf())) as pdf:
        script(pdf)
        packed = saved(pdf, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    assert b"JavaScript" not in packed
    # As long as before, so that the file is whole.
    spelled = with_change(script).replace(b"/JavaScript", b"/J#61vaScript").replace(b"app.alert", b"app.ale")
    assert b"JavaScript" not in spelled
    for data in (packed, spelled):
        with pytest.raises(InvalidInputError, match="zawiera skrypty"):
            check_pdf(data)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "nie jest plik PDF"),
        (b"MZ\x90\x00", "nie jest plik PDF"),
        (b"<html>%PDF-1.7", "nie jest plik PDF"),
        (b"%PDF-1.7\n" + b"\x00" * 500, "nie da się odczytać"),
        (b"%PDF-1.7\n%%EOF", "nie da się odczytać"),
        (b"%PDF-" + b" " * (LARGEST_MB * 1024 * 1024), f"najwyżej {LARGEST_MB} MB"),
    ],
)
def test_what_is_no_pdf_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(InvalidInputError, match=reason):
        check_pdf(data)


def test_cut_off_file_is_refused_or_read_whole() -> None:
    whole = plain_pdf(2)
    for length in range(0, len(whole), 37):
        try:
            assert check_pdf(whole[:length]) == 2
        except InvalidInputError:
            continue


def test_locked_file_and_file_without_a_page_are_refused() -> None:
    with pikepdf.open(io.BytesIO(plain_pdf())) as pdf:
        locked = saved(pdf, encryption=pikepdf.Encryption(owner="a", user="b"))
        restricted = saved(pdf, encryption=pikepdf.Encryption(owner="a", user=""))
    for data in (locked, restricted):
        with pytest.raises(InvalidInputError, match="zabezpieczony"):
            check_pdf(data)
    with pikepdf.new() as pdf:
        empty = saved(pdf)
    with pytest.raises(InvalidInputError, match="nie da się odczytać"):
        check_pdf(empty)


def test_file_that_unpacks_to_gigabytes_is_refused_before_it_does() -> None:
    packer = zlib.compressobj(9)
    bomb = b"".join(packer.compress(b" " * (1 << 20)) for _ in range(300)) + packer.flush()
    data = b"%PDF-1.5\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n"
    pages = len(data)
    data += b"2 0 obj\n<</Type/Pages/Kids[]/Count 0>>\nendobj\n"
    packed = len(data)
    head = b"3 0 obj\n<</Type/ObjStm/N 1/First 10/Filter/FlateDecode/Length %d>>\nstream\n" % len(bomb)
    data += head + bomb + b"\nendstream\nendobj\n"
    table = len(data)
    rows = [(0, 0, 65535), (1, 9, 0), (1, pages, 0), (1, packed, 0), (2, 3, 0), (1, table, 0)]
    entries = b"".join(struct.pack(">BIH", *row) for row in rows)
    data += b"5 0 obj\n<</Type/XRef/Size 6/W[1 4 2]/Root 1 0 R/Length %d>>\nstream\n" % len(entries)
    data += entries + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF" % table
    assert len(data) < 1024 * 1024
    with pytest.raises(InvalidInputError):
        check_pdf(data)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("pismo.pdf", ("pismo", ".pdf")),
        ("../../etc/x.PDF", ("x", ".pdf")),
        ("..\\..\\x.pdf", ("x", ".pdf")),
        ("a/b:c*?.pdf", ("b_c__", ".pdf")),
        ("fdp.\u202eexe.pdf", ("fdp.exe", ".pdf")),
        ("\x00\n.pdf", ("pdf", "")),
        ("", ("plik", "")),
        ("ż" * 300 + ".pdf", ("ż" * 100, ".pdf")),
    ],
)
def test_name_leads_nowhere_and_hides_nothing(name: str, kept: tuple[str, str]) -> None:
    assert harmless_name(name) == kept


def test_attachment_is_a_checked_pdf_or_a_photo_of_ours() -> None:
    pdf = checked_attachment("../Plan.PDF", plain_pdf())
    assert (pdf.name, media_type(pdf.name)) == ("Plan.pdf", "application/pdf")
    for name, data in (
        ("x.exe", b"MZ"),
        ("x", plain_pdf()),
        ("x.svg", b"<svg/>"),
        ("x.png", plain_pdf()),
        ("x.pdf", b"MZ"),
    ):
        with pytest.raises(InvalidInputError) as refused:
            checked_attachment(name, data)
        assert refused.value.field == "file"
