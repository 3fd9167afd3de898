"""Brings ledger rows into the ledger, into suspense, or finds that they stand there already."""

from collections.abc import Sequence

import polars as pl
from sqlalchemy import Table, exists, select
from sqlalchemy.orm import Session

from core import bulk
from core.imports.balance_checks import BalanceCheck
from core.imports.closed_periods import ClosedMonth, ClosedRows
from core.imports.columns import Layout
from core.imports.findings import Cause, Finding, Findings, Severity
from core.imports.ledger_checks import unusual_amounts
from core.imports.ledger_keys import CONTENT, KEY, Occurrences, same_content, with_content_key
from core.imports.models import RepeatedEntry, RepeatedSuspension, SuspendedRow
from core.imports.options import LoadOptions
from core.imports.suspense.models import sent_back_among
from core.imports.writer import Writer
from core.ledger.differences import Difference
from core.ledger.maintained import Maintained
from core.ledger.models import LedgerEntry
from core.registry.models import Tenancy, Tenant

ENTRY: Table = LedgerEntry.__table__  # type: ignore[assignment]
SUSPENDED: Table = SuspendedRow.__table__  # type: ignore[assignment]
_STANDING = {
    "id": pl.Int64,
    "batch_id": pl.Int64,
    "line_no": pl.Int64,
    "document_type": pl.String,
    "booked_on": pl.Date,
    "due_on": pl.Date,
    "period": pl.String,
    "component": pl.String,
    "description": pl.String,
    "debit": pl.Int64,
    "credit": pl.Int64,
    "tenancy_id": pl.Int64,
    "tenant_no": pl.String,
    "tenancy_no": pl.String,
    "position": pl.Int64,
}
_OWN = ("document_no", "content_key", "position", "batch_id", "line_no", *CONTENT)


class LedgerWriter(Writer):
    """One load of one ledger file."""

    def __init__(
        self, session: Session, batch_id: int, layout: Layout, options: LoadOptions, findings: Findings
    ) -> None:
        super().__init__(session, batch_id, layout, options, findings)
        self._occurrences = Occurrences()
        self._tenancies = _known_tenancies(session)
        self._figures = Maintained(session)
        self._has_suspense = session.scalar(select(exists().select_from(SuspendedRow))) or False
        self._closed = ClosedRows(session, findings)
        self._balances = BalanceCheck()

    def write(self, rows: pl.DataFrame) -> None:
        """Accept, suspend, or find repeated or conflicting each row of a block."""
        rows = self._occurrences.number(with_content_key(rows))
        rows = rows.join(self._tenancies, on=("tenancy_no", "tenant_no"), how="left", maintain_order="left")
        rows = rows.with_columns(pl.lit(self.batch_id, pl.Int64).alias("batch_id"))
        first = pl.struct(KEY).is_first_distinct()
        doubles = rows.filter(~first) if rows.select(pl.struct(KEY).is_duplicated().any()).item() else rows.clear()
        if not doubles.is_empty():
            rows = rows.filter(first)
        known = rows.filter(pl.col("tenancy_id").is_not_null())
        unknown = rows.filter(pl.col("tenancy_id").is_null())
        unusual_amounts(self.session, known, self.findings)
        self._load(known)
        self._suspend(unknown)
        self._stand_already(doubles)
        self._balances.note(known)

    def finish(self) -> None:
        """Bring the maintained figures up to date; compare the balances that the file states with what its rows make."""
        self._figures.write()
        self._balances.compare(self.session, self.findings)

    @property
    def closed(self) -> tuple[ClosedMonth, ...]:
        """What comes into closed months."""
        return self._closed.months()

    @property
    def differences(self) -> Sequence[Difference]:
        """Balances that the file states otherwise."""
        return self._balances.differences

    def _load(self, rows: pl.DataFrame) -> None:
        if self._has_suspense:
            # One that was assigned meanwhile stands in the ledger, under the same key.
            waiting = self._not_sent_back(rows)
            waiting = waiting.join(self._keys(ENTRY, waiting), on=KEY, how="anti")
            if not waiting.is_empty():
                self._repeat(rows.join(waiting, on=KEY, how="semi", maintain_order="left"), SUSPENDED)
                rows = rows.join(waiting, on=KEY, how="anti", maintain_order="left")
        # The leading column of the unique index; unsorted rows cost twice the time.
        rows = rows.sort("document_no", "content_key", "position")
        inserted = bulk.insert_new(self.session, ENTRY, rows.select("tenancy_id", *_OWN), key=KEY)
        if inserted == len(rows):
            self._accept(rows)
            return
        standing = bulk.standing(
            self.session, ENTRY, rows.select(KEY), wanted=("batch_id", "line_no"), schema=_STANDING
        )
        own = rows.join(standing, on=(*KEY, "batch_id", "line_no"), how="semi")
        self._accept(own)
        self._repeat(rows.join(standing, on=(*KEY, "batch_id", "line_no"), how="anti", maintain_order="left"), ENTRY)

    def _accept(self, rows: pl.DataFrame) -> None:
        self._figures.come(rows)
        self.accepted += len(rows)
        self.debit += int(rows["debit"].sum())
        self.credit += int(rows["credit"].sum())
        self._closed.note(rows)
        self._balances.note_new(rows)

    def _suspend(self, rows: pl.DataFrame) -> None:
        """Keep rows of unknown tenants or tenancies for later, unless they stand in the ledger or wait already."""
        if rows.is_empty():
            return
        posted = self._keys(ENTRY, rows)
        if self._has_suspense:  # a row that came like this before stays what it was, also when it was assigned
            posted = posted.join(self._keys(SUSPENDED, posted), on=KEY, how="anti")
        self._repeat(rows.join(posted, on=KEY, how="semi", maintain_order="left"), ENTRY)
        rows = rows.join(posted, on=KEY, how="anti", maintain_order="left")
        kept = rows.select("tenant_no", "tenancy_no", *_OWN)
        inserted = bulk.insert_new(self.session, SUSPENDED, kept, key=KEY)
        standing = bulk.standing(
            self.session, SUSPENDED, rows.select(KEY), wanted=("batch_id", "line_no"), schema=_STANDING
        )
        own = rows.join(standing, on=(*KEY, "batch_id", "line_no"), how="semi", maintain_order="left")
        if len(own) != inserted:
            raise AssertionError(f"{inserted} rows suspended, {len(own)} found")
        self._note_suspended(own)
        self._repeat(rows.join(own.select(KEY), on=KEY, how="anti", maintain_order="left"), SUSPENDED)

    def _note_suspended(self, rows: pl.DataFrame) -> None:
        self.suspended += len(rows)
        self._closed.note(rows, suspended=True)
        self._has_suspense = self._has_suspense or len(rows) > 0
        reason = "Nieznany kontrahent lub umowa: wiersz trafi do poczekalni."
        self.findings.extend(
            Finding(Severity.NOTICE, Cause.SUSPENDED, reason, line, "nr_umowy", f"{tenant} / {tenancy}")
            for line, tenant, tenancy in rows.select("line_no", "tenant_no", "tenancy_no").iter_rows()
        )

    def _stand_already(self, doubles: pl.DataFrame) -> None:
        """Rows whose key an earlier row of the same block has: it stands in the ledger or in suspense by now."""
        if doubles.is_empty():
            return
        posted = self._keys(ENTRY, doubles).with_columns(pl.lit(True).alias("posted"))
        waiting = self._keys(SUSPENDED, doubles).with_columns(pl.lit(True).alias("waiting"))
        doubles = doubles.join(posted, on=KEY, how="left", maintain_order="left")
        doubles = doubles.join(waiting, on=KEY, how="left", maintain_order="left")
        known, waits = pl.col("tenancy_id").is_not_null(), pl.col("waiting").is_not_null()
        in_ledger = pl.col("posted").is_not_null() & (known | ~waits)
        self._repeat(doubles.filter(in_ledger).drop("posted", "waiting"), ENTRY)
        self._repeat(doubles.filter(~in_ledger).drop("posted", "waiting"), SUSPENDED)

    def _not_sent_back(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Keys of these rows that stand in suspense. One that was sent back has come home mended: it is no conflict."""
        keys = rows.select(KEY).unique()
        found = bulk.standing(self.session, SUSPENDED, keys, wanted=("id",), schema=_STANDING)
        back = sent_back_among(self.session, found["id"].to_list())
        return found.filter(~pl.col("id").is_in(back)).select(KEY)

    def _keys(self, table: Table, rows: pl.DataFrame) -> pl.DataFrame:
        """Which keys of these rows stand in a table."""
        keys = rows.select(KEY).unique()
        return bulk.standing(self.session, table, keys, wanted=("id",), schema=_STANDING).select(KEY)

    def _repeat(self, rows: pl.DataFrame, table: Table) -> None:
        """Rows whose key stands in `table`: the same content is a repetition, other content a conflict."""
        if rows.is_empty():
            return
        whose = ("tenancy_id",) if table is ENTRY else ("tenant_no", "tenancy_no")
        wanted = ("id", "batch_id", "line_no", *whose, *CONTENT)
        standing = bulk.standing(self.session, table, rows.select(KEY).unique(), wanted=wanted, schema=_STANDING)
        met = rows.join(standing, on=KEY, how="left", suffix="_standing", maintain_order="left")
        same_payer = pl.all_horizontal(pl.col(name).eq_missing(pl.col(f"{name}_standing")) for name in whose)
        met = met.with_columns((same_content() & same_payer).alias("same"))
        self._conflict(met.filter(~pl.col("same")), suspended=table is SUSPENDED)
        same = met.filter(pl.col("same"))
        if self.options.equal_rows == "add":
            same = self._add_equal(same)
        self._note_equal(same)
        self.repeated += len(same)
        model, target = (RepeatedEntry, "entry_id") if table is ENTRY else (RepeatedSuspension, "row_id")
        provenance: Table = model.__table__  # type: ignore[assignment]
        bulk.insert_all(self.session, provenance, same.select("batch_id", "line_no", pl.col("id").alias(target)))

    def _conflict(self, rows: pl.DataFrame, *, suspended: bool) -> None:
        self.rejected += len(rows)
        what_to_do = (
            "Tamten jest w poczekalni. Jeśli różni się tylko umową, pomiń wiersz tutaj, a tamten przypisz na stronie "
            "Poczekalnia (odesłany najpierw cofnij). Inaczej popraw plik."
            if suspended
            else "Popraw plik albo pomiń wiersz."
        )
        for line, number, batch, where in rows.select(
            "line_no", "document_no", "batch_id_standing", "line_no_standing"
        ).iter_rows():
            place = f"w wierszu {where} tego pliku" if batch == self.batch_id else f"w partii {batch}, wiersz {where}"
            reason = f"Ten sam numer i pozycja dokumentu z inną treścią stoi już {place}. {what_to_do}"
            self.findings.add(Finding(Severity.ERROR, Cause.CONFLICT, reason, line, "nr_dokumentu", number))

    def _note_equal(self, rows: pl.DataFrame) -> None:
        elsewhere = rows.filter((pl.col("content_key") != "") & (pl.col("batch_id_standing") != self.batch_id))
        for line, batch, where, text in elsewhere.select(
            "line_no", "batch_id_standing", "line_no_standing", "description"
        ).iter_rows():
            reason = (
                f"Taki sam wiersz bez numeru dokumentu wczytała partia {batch} (wiersz {where}). Zostanie pominięty."
            )
            self.findings.add(Finding(Severity.WARNING, Cause.EQUAL_ROW, reason, line, "nr_dokumentu", text))

    def _add_equal(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Load equal rows of other files as further occurrences; gives back the rows that stay repetitions."""
        # Also where it meets a row of its own batch: an earlier one that was added took the place of this occurrence.
        added = rows.filter(pl.col("content_key") != "")
        if added.is_empty():
            return rows
        added = added.join(self._highest(added), on="content_key", how="left", maintain_order="left")
        nth = pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over("content_key")
        added = added.with_columns((nth + pl.col("highest")).alias("position"))
        known, unknown = added.filter(pl.col("tenancy_id").is_not_null()), added.filter(pl.col("tenancy_id").is_null())
        bulk.insert_all(self.session, ENTRY, known.select("tenancy_id", *_OWN))
        self._accept(known)
        bulk.insert_all(self.session, SUSPENDED, unknown.select("tenant_no", "tenancy_no", *_OWN))
        self._note_suspended(unknown)
        return rows.join(added.select("line_no"), on="line_no", how="anti", maintain_order="left")

    def _highest(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The last occurrence of each content, in the ledger or in suspense."""
        keys, wanted = rows.select("document_no", "content_key").unique(), ("position",)
        found = [bulk.standing(self.session, one, keys, wanted=wanted, schema=_STANDING) for one in (ENTRY, SUSPENDED)]
        return pl.concat(found).group_by("content_key").agg(pl.col("position").max().alias("highest"))


def _known_tenancies(session: Session) -> pl.DataFrame:
    schema = {"tenancy_no": pl.String, "tenant_no": pl.String, "tenancy_id": pl.Int64}
    chosen = select(Tenancy.tenancy_no, Tenant.tenant_no, Tenancy.id).join(Tenant, Tenant.id == Tenancy.tenant_id)
    return pl.concat([pl.DataFrame(schema=schema), *bulk.stream(session, chosen, schema)])
