"""The numbers of a whole small city, against the answers that came with its files."""

import json
from datetime import date

from click.testing import CliRunner
from sqlalchemy import event
from sqlalchemy.orm import Session

from core import db
from core.accounts.sign_in import operator_scope
from core.commands import cli
from core.ledger.balances import all_balances
from core.money import to_grosze
from tests.core.ledger.city import expected, load_city

AS_OF = date(2026, 10, 31)


def test_every_balance_and_every_overdue_of_the_city(session: Session) -> None:
    load_city(session)
    statements: list[str] = []
    event.listen(db.engine(), "before_cursor_execute", lambda *args: statements.append(args[2]))

    found = all_balances(session, operator_scope(), as_of=AS_OF)

    answers = expected()
    assert {each.tenancy_no: to_grosze(each.balance) for each in found} == answers["balance_gr"]
    assert {each.tenancy_no: to_grosze(each.overdue) for each in found} == answers["overdue_2026_10_31_gr"]
    assert [each.tenancy_no for each in found] == sorted(answers["balance_gr"])
    assert len(statements) == 1


def test_commands_say_the_same(database: str) -> None:
    with db.transaction() as session:
        load_city(session)

    every = CliRunner().invoke(cli, ["balances", "--as-of", "2026-10-31", "--json"])
    one = CliRunner().invoke(cli, ["balance", "U/00000/2010", "--as-of", "2026-10-31", "--json"])

    assert every.exit_code == 0
    answers = expected()
    assert json.loads(every.output) == {
        number: {"balance": _text(grosze), "overdue": _text(answers["overdue_2026_10_31_gr"][number])}
        for number, grosze in sorted(answers["balance_gr"].items())
    }
    assert json.loads(one.output) == {
        "tenancy": "U/00000/2010",
        "as_of": "2026-10-31",
        "balance": _text(answers["balance_gr"]["U/00000/2010"]),
        "overdue": _text(answers["overdue_2026_10_31_gr"]["U/00000/2010"]),
    }


def _text(grosze: int) -> str:
    sign, grosze = ("-", -grosze) if grosze < 0 else ("", grosze)
    return f"{sign}{grosze // 100}.{grosze % 100:02}"
