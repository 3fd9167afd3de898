"""The people of the demo city whom one can sign in as: ten tenants with different affairs, employees of every role.

Passwords stand here in clear on purpose: the demo city is fictitious and refuses to be made in production.
"""

from dataclasses import dataclass

from core.access.scopes import Role

TENANT_PASSWORD = "Kamienica2026"  # noqa: S105
EMPLOYEE_PASSWORD = "Demo-Pracownik-2026"  # noqa: S105


@dataclass(frozen=True, slots=True)
class CastTenant:
    """A tenant with a portal account; the n-th has the number n. `habit` is one of `core.demo.habits`."""

    login: str
    name: str
    habit: str
    affairs: str  # Polish, what there is to see
    company: bool = False
    second_tenancy: bool = False
    allowance: int = 0  # grosze a month
    unnumbered: bool = False  # pays at a desk whose receipts carry no number


@dataclass(frozen=True, slots=True)
class CastEmployee:
    """An employee; without districts they serve the whole city."""

    login: str
    name: str
    role: Role
    title: str  # Polish
    districts: tuple[str, ...] = ()
    stands_for: str | None = None  # the property administrator of this name


TENANTS = (
    CastTenant("anna.kowalska", "Anna Kowalska", "punctual", "płaci w terminie, konto rozliczone"),
    CastTenant("jan.nowicki", "Jan Nowicki", "month_end", "płaci z końcem miesiąca, po terminie z początku"),
    CastTenant("halina.zielinska", "Halina Zielińska", "rounding_up", "zaokrągla wpłaty, nadpłata"),
    CastTenant("marek.wojcik", "Marek Wójcik", "in_arrears", "zaległość, odsetki, koszty sądowe"),
    CastTenant("ewa.lewandowska", "Ewa Lewandowska", "punctual", "dwie umowy: mieszkanie i garaż", second_tenancy=True),
    CastTenant("pod.kasztanem", "Piekarnia „Pod Kasztanem” sp. z o.o.", "punctual", "firma, faktury", company=True),
    CastTenant("zofia.kaminska", "Zofia Kamińska", "punctual", "dodatek mieszkaniowy", allowance=21_450),
    CastTenant("tomasz.dabrowski", "Tomasz Dąbrowski", "partial", "wpłaty niepełne, niewielka zaległość"),
    CastTenant(
        "barbara.szymanska", "Barbara Szymańska", "late", "wpłaty w kasie bez numeru dokumentu", unnumbered=True
    ),
    CastTenant("piotr.wozniak", "Piotr Woźniak", "standing_order", "zlecenie stałe w dawnej wysokości"),
)

EMPLOYEES = (
    CastEmployee("ola.obsluga", "Aleksandra Obsługa", Role.CLERK, "operator RON Bałuty", ("RON Bałuty",)),
    CastEmployee("karol.kierownik", "Karol Kierownik", Role.HEAD, "kierownik RON Bałuty", ("RON Bałuty",)),
    CastEmployee("adam.nieruchomosc", "Adam Nieruchomość", Role.ADMINISTRATOR, "administrator nieruchomości",
                 ("RON Centrum",), stands_for="Artur Kominek"),
    CastEmployee("kinga.ksiegowa", "Kinga Księgowa", Role.ACCOUNTING, "księgowość"),
    CastEmployee("gabriela.glowna", "Gabriela Główna", Role.CHIEF_ACCOUNTANT, "główna księgowa"),
    CastEmployee("radek.redaktor", "Radosław Redaktor", Role.EDITOR, "redaktor ogłoszeń"),
    CastEmployee("alina.analityk", "Alina Analityk", Role.ANALYST, "analityk"),
    CastEmployee("adela.admin", "Adela Administracja", Role.ADMIN, "administrator systemu"),
)  # fmt: skip
