"""What is kept of many findings: the first lines of every cause and column, whatever floods the others."""

from core.imports.findings import CELL_SHOWN, KEPT_PER_COLUMN, Cause, Finding, Findings, Severity

E, W, N = Severity.ERROR, Severity.WARNING, Severity.NOTICE


def found(*given: tuple[Severity, Cause, int, str | None]) -> Findings:
    findings = Findings()
    findings.extend(Finding(severity, cause, "tak", line, column) for severity, cause, line, column in given)
    return findings


def lines(findings: Findings, column: str | None) -> list[int | None]:
    return [one.line for one in findings.sorted() if one.column == column]


def test_flood_of_one_cause_keeps_the_lines_of_another() -> None:
    flood = [(E, Cause.VALUE, line, "obciazenie") for line in range(2, 5000)]
    findings = found(*flood, (E, Cause.CONFLICT, 5001, None), (E, Cause.SIDES, 5002, None))
    assert [(group.cause, group.number) for group in findings.groups()] == [
        (Cause.VALUE, 4998), (Cause.CONFLICT, 1), (Cause.SIDES, 1)
    ]  # fmt: skip
    assert [group.kept[0].line for group in findings.groups()] == [2, 5001, 5002]


def test_flood_in_one_column_keeps_the_lines_of_another_and_shows_them() -> None:
    flood = [(E, Cause.VALUE, line, "data_ksiegowania") for line in range(2, 5000)]
    findings = found(*flood, (E, Cause.VALUE, 4000, "obciazenie"), (E, Cause.VALUE, 4001, "obciazenie"))
    assert lines(findings, "data_ksiegowania") == list(range(2, 2 + KEPT_PER_COLUMN))
    (group,) = findings.groups()
    assert group.columns == (("data_ksiegowania", 4998), ("obciazenie", 2))
    assert [one.line for one in group.first(5)] == [2, 3, 4, 4000, 4001]


def test_first_lines_are_kept_in_whatever_order_they_are_met() -> None:
    findings = found(*[(E, Cause.VALUE, line, "uznanie") for line in range(3000, 1, -1)])
    assert lines(findings, "uznanie") == list(range(2, 2 + KEPT_PER_COLUMN))


def test_gravest_come_first_and_then_the_most_frequent() -> None:
    findings = found(
        *[(N, Cause.SUSPENDED, line, None) for line in range(9)],
        (E, Cause.SIDES, 1, None),
        *[(W, Cause.UNUSUAL_AMOUNT, line, None) for line in range(3)],
        *[(E, Cause.VALUE, line, "uznanie") for line in range(2)],
        (Severity.SETUP, Cause.TOTALS, 1, None),
    )
    assert [(group.severity, group.cause, group.number) for group in findings.groups()] == [
        (Severity.SETUP, Cause.TOTALS, 1),
        (E, Cause.VALUE, 2),
        (E, Cause.SIDES, 1),
        (W, Cause.UNUSUAL_AMOUNT, 3),
        (N, Cause.SUSPENDED, 9),
    ]


def test_same_cause_of_two_severities_is_two_groups() -> None:
    findings = found((E, Cause.TOTALS, 5, None), (W, Cause.TOTALS, 6, None))
    assert [[one.line for one in group.kept] for group in findings.groups()] == [[5], [6]]


def test_thousands_of_columns_are_counted_and_not_all_kept() -> None:
    findings = found(*[(N, Cause.UNKNOWN_COLUMN, 1, f"k{nth}") for nth in range(5000)])
    (group,) = findings.groups()
    assert (group.number, len(group.columns)) == (5000, 5000)
    assert len(group.kept) <= 2 * KEPT_PER_COLUMN


def test_long_cell_is_kept_short() -> None:
    findings = Findings()
    findings.add(Finding(E, Cause.VALUE, "tak", 2, "tresc", "x" * 5000))
    assert findings.kept[0].cell == "x" * CELL_SHOWN + "…"
