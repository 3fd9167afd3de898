"""The reason of a change in the charge, as a sentence."""

from datetime import date
from decimal import Decimal

import pytest

from core.charges.schedule import ChargeLine, ComponentChange
from ui.charges import reason


def line(quantity: str = "3", rate: str = "10", *, unit: str = "os.", vat: int | None = None) -> ChargeLine:
    return ChargeLine("Odpady", unit, Decimal(quantity), Decimal(rate), vat, date(2026, 1, 1), None)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (line(), line(), "Bez zmian."),
        (None, line(), "Nowy składnik."),
        (line(), None, "Składnik zakończony."),
        (line(), line(rate="10.5"), "Stawka wzrosła z 10,00 zł do 10,50 zł."),
        (line(), line(rate="9"), "Stawka spadła z 10,00 zł do 9,00 zł."),
        (line(), line("4"), "Ilość wzrosła z 3 os. do 4 os."),
        (line(), line("2", "11"), "Stawka wzrosła z 10,00 zł do 11,00 zł; ilość spadła z 3 os. do 2 os."),
        (line(vat=8), line(vat=23), "VAT: było 8%, jest 23%."),
        (line(), line(vat=8), "VAT: było bez VAT, jest 8%."),
        (
            line(),
            line("48.3", "1.5", unit="m²"),
            "Inny sposób liczenia: 3 os. × 10,00 zł zamieniono na 48,30 m² × 1,50 zł.",
        ),
    ],
)
def test_reason_of_a_change(before: ChargeLine | None, after: ChargeLine | None, told: str) -> None:
    assert reason(ComponentChange("Odpady", before, after)).replace("\u00a0", " ") == told
