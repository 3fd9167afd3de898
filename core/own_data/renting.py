"""Own data of renting: tenancies with their premises, charges, ledger, meters and readings of the tenancies' time."""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, Select, exists, or_, select
from sqlalchemy.orm import Session

from core.access.models import ProxyGrant
from core.accounts.models import PortalAccount
from core.charges.models import Charge
from core.ledger.document_types import DOCUMENT_TYPES
from core.ledger.entries import running
from core.meters.ladder import Answer
from core.meters.models import Medium, Meter, MeterPoint, MeterReading, ReadingPhoto, ReadingStatus, Source
from core.meters.words import ANSWER_WORDS, MEDIUM_WORDS, SOURCE_WORDS, STATUS_WORDS
from core.own_data.sections import Enclosed, Row, Section, Whose, yes
from core.registry.addresses import postal_line, premises_line
from core.registry.models import Building, Premises, Tenancy


def _own_tenancies(whose: Whose) -> Select[Tenancy]:
    return select(Tenancy).where(Tenancy.tenant_id == whose.tenant_id).order_by(Tenancy.tenancy_no)


def _tenancies(session: Session, whose: Whose) -> Iterator[Row]:
    rows = session.execute(
        select(Tenancy, Premises, Building)
        .join(Premises, Premises.id == Tenancy.premises_id)
        .join(Building, Building.id == Premises.building_id)
        .where(Tenancy.tenant_id == whose.tenant_id)
        .order_by(Tenancy.tenancy_no)
    )
    for one, premises, building in rows:
        yield (
            one.tenancy_no,
            one.title,
            one.valid_from,
            one.valid_to,
            premises_line(building.street, building.building_no, premises.premises_no, kind=premises.kind),
            postal_line(building.postal_code, building.city),
            premises.code,
            premises.kind,
            premises.usable_area,
            premises.heated_area,
            premises.rooms,
            premises.floor,
            premises.equipment,
            one.persons,
            one.payment_day,
            _in_fours(one.bank_account_no),
        )


def _in_fours(number: str | None) -> str | None:
    """`38 9990 0009 …`: of 26 digits in a row a spreadsheet makes a number and loses the last ones."""
    return None if number is None else " ".join([number[:2], *(number[at : at + 4] for at in range(2, len(number), 4))])


def _charges(session: Session, whose: Whose) -> Iterator[Row]:
    rows = session.execute(
        select(Tenancy.tenancy_no, Charge)
        .join(Tenancy, Tenancy.id == Charge.tenancy_id)
        .where(Tenancy.tenant_id == whose.tenant_id)
        .order_by(Tenancy.tenancy_no, Charge.valid_from, Charge.id)
    )
    for number, one in rows:
        yield number, one.component, one.unit, one.quantity, one.rate, one.vat_percent, one.valid_from, one.valid_to


def _ledger(session: Session, whose: Whose) -> Iterator[Row]:
    for tenancy in session.scalars(_own_tenancies(whose)).all():
        line = running(tenancy.id).c
        rows = session.execute(
            select(
                line.booked_on,
                line.document_type,
                line.document_no,
                line.period,
                line.due_on,
                line.component,
                line.description,
                line.debit,
                line.credit,
                line.balance_after,
            ).order_by(line.booked_on, line.id)
        )
        for booked_on, kind, *rest in rows:
            yield tenancy.tenancy_no, booked_on, kind, DOCUMENT_TYPES.get(kind), *rest


def _meters(session: Session, whose: Whose) -> Iterator[Row]:
    for tenancy in session.scalars(_own_tenancies(whose)).all():
        rows = session.execute(
            select(Meter, MeterPoint)
            .join(MeterPoint, MeterPoint.id == Meter.point_id)
            .where(
                MeterPoint.premises_id == tenancy.premises_id,
                or_(Meter.removed_on.is_(None), Meter.removed_on >= tenancy.valid_from),
                Meter.installed_on <= tenancy.valid_to if tenancy.valid_to else Meter.id.is_not(None),
            )
            .order_by(MeterPoint.medium, MeterPoint.place, Meter.installed_on)
        )
        for one, point in rows:
            medium = MEDIUM_WORDS[Medium(point.medium)]
            after = tenancy.valid_to is not None and one.removed_on is not None and one.removed_on > tenancy.valid_to
            # Where it was taken away after the tenancy, its last state is of who came next.
            gone = (None, None) if after else (one.removed_on, one.removed_value)
            yield (
                tenancy.tenancy_no,
                one.meter_no,
                medium,
                point.place,
                one.installed_on,
                *gone,
                one.mark,
                one.verified_until,
                yes(one.remote),
            )


def _readings(session: Session, whose: Whose) -> Iterator[Row]:
    """What was written with a reading only to who handed it in: premises may have had two tenants at a time."""
    handed_in = set(session.scalars(_accounts_of(whose)))
    photos = {reading.id: _photo_name(reading) for reading, _ in session.execute(_own_photos(whose))}
    rows = session.execute(
        select(Tenancy.tenancy_no, Meter.meter_no, MeterPoint, MeterReading)
        .join(Meter, Meter.id == MeterReading.meter_id)
        .join(MeterPoint, MeterPoint.id == Meter.point_id)
        .join(Tenancy, Tenancy.premises_id == MeterPoint.premises_id)
        .where(*_in_own_time(whose))
        .order_by(Tenancy.tenancy_no, MeterReading.read_on, MeterReading.id)
    )
    for number, meter_no, point, one in rows:
        own = one.account_id in handed_in
        yield (
            number,
            meter_no,
            MEDIUM_WORDS[Medium(point.medium)],
            point.place,
            one.read_on,
            one.value,
            SOURCE_WORDS[Source(one.source)],
            STATUS_WORDS[ReadingStatus(one.status)],
            one.submitted_at,
            ANSWER_WORDS[Answer(one.answer)] if own and one.answer else None,
            one.comment if own else None,
            one.reason if own else None,
            photos.get(one.id),
        )


def _photos(session: Session, whose: Whose) -> Iterator[Enclosed]:
    for reading, sha256 in session.execute(_own_photos(whose)):
        yield Enclosed(_photo_name(reading), sha256)


def _own_photos(whose: Whose) -> Select[MeterReading, str]:
    return (
        select(MeterReading, ReadingPhoto.sha256)
        .join(ReadingPhoto, ReadingPhoto.reading_id == MeterReading.id)
        .join(Meter, Meter.id == MeterReading.meter_id)
        .join(MeterPoint, MeterPoint.id == Meter.point_id)
        .where(MeterReading.account_id.in_(_accounts_of(whose)), exists().where(*_in_own_time(whose)))
        .order_by(MeterReading.id)
    )


def _accounts_of(whose: Whose) -> Select[int]:
    """The tenant's accounts and those of their proxies, who hand in readings in the tenant's place."""
    own = PortalAccount.id.in_(whose.account_ids)
    by_proxy = select(ProxyGrant.account_id).where(ProxyGrant.tenant_id == whose.tenant_id)
    return select(PortalAccount.id).where(own | PortalAccount.id.in_(by_proxy))


def _in_own_time(whose: Whose) -> tuple[ColumnElement[bool], ...]:
    """SQL conditions over Tenancy, MeterPoint and MeterReading: read in own premises while they were let to the tenant."""
    return (
        Tenancy.premises_id == MeterPoint.premises_id,
        Tenancy.tenant_id == whose.tenant_id,
        Tenancy.valid_from <= MeterReading.read_on,
        or_(Tenancy.valid_to.is_(None), Tenancy.valid_to >= MeterReading.read_on),
    )


def _photo_name(reading: MeterReading) -> str:
    return f"zdjecia/{reading.read_on}-odczyt-{reading.id}.jpg"


TENANCIES = Section(
    "umowy",
    "Umowy i lokale",
    "Co i od kiedy wynajmujesz, z opisem lokalu i rachunkiem do wpłat.",
    ("numer_umowy", "tytul_prawny", "od", "do", "adres", "miejscowosc", "kod_lokalu", "rodzaj_lokalu",
     "powierzchnia_uzytkowa_m2", "powierzchnia_ogrzewana_m2", "izby", "pietro", "wyposazenie", "osoby",
     "dzien_platnosci", "rachunek_do_wplat"),
    _tenancies,
)  # fmt: skip
CHARGES = Section(
    "oplaty",
    "Wymiar opłat",
    "Składniki miesięcznej opłaty: ilość razy stawka, od kiedy do kiedy.",
    ("numer_umowy", "skladnik", "jednostka", "ilosc", "stawka_zl", "vat_procent", "od", "do"),
    _charges,
)
LEDGER = Section(
    "ksiega",
    "Kartoteka finansowa",
    "Każde obciążenie i każda wpłata, z saldem po każdej pozycji.",
    ("numer_umowy", "data_ksiegowania", "rodzaj", "nazwa_rodzaju", "numer_dokumentu", "okres", "termin_platnosci",
     "skladnik", "opis", "obciazenie_zl", "uznanie_zl", "saldo_po_zl"),
    _ledger,
)  # fmt: skip
METERS = Section(
    "liczniki",
    "Liczniki",
    "Wodomierze, które były w lokalu w czasie umowy.",
    ("numer_umowy", "numer_licznika", "medium", "miejsce", "zamontowano", "zdjeto", "stan_przy_zdjeciu_m3", "cecha",
     "legalizacja_do", "zdalny"),
    _meters,
)  # fmt: skip
READINGS = Section(
    "odczyty",
    "Odczyty",
    "Stany liczników z czasu umowy. Do odczytów podanych z Twojego konta dołączamy zdjęcia z folderu „zdjecia”.",
    ("numer_umowy", "numer_licznika", "medium", "miejsce", "data_odczytu", "stan_m3", "zrodlo", "status",
     "zgloszono", "wyjasnienie", "opis", "powod_decyzji", "zdjecie"),
    _readings,
    _photos,
)  # fmt: skip
