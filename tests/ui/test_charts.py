import json
from typing import Any

from streamlit.testing.v1 import AppTest


def balance_script() -> None:
    from decimal import Decimal

    import pandas as pd

    from ui.charts import balance_over_time

    days = pd.to_datetime(["2026-10-15", "2026-11-01", "2026-11-23"])
    balance_over_time(pd.DataFrame({"day": days, "balance": [Decimal("-5.50"), Decimal(600), Decimal(600)]}))


def months_script() -> None:
    from decimal import Decimal

    import pandas as pd

    from ui.charts import charges_and_payments

    frame = pd.DataFrame(
        {
            "month": pd.date_range("2026-10-01", periods=2, freq="MS"),
            "charged": [Decimal("600.10"), Decimal("600.20")],
            "paid": [Decimal(0), Decimal("1200.30")],
        }
    )
    charges_and_payments(frame)


def components_script() -> None:
    from decimal import Decimal

    import pandas as pd

    from ui.charts import charges_by_component

    sums = [Decimal("750.10"), Decimal(250), Decimal("-0.10")]
    charges_by_component(pd.DataFrame({"component": ["Czynsz <b>", "Śmieci", "Korekta"], "charged": sums}))


def specification(app: AppTest) -> dict[str, Any]:
    (chart,) = app.get("vega_lite_chart")
    spec: dict[str, Any] = json.loads(chart.proto.spec)
    return spec


def written(app: AppTest) -> str:
    assert not app.exception
    return "".join(element.body for element in app.html).replace("\u00a0", " ")


def test_balance_is_a_line_of_steps_with_sentence_and_table() -> None:
    app = AppTest.from_function(balance_script, default_timeout=30).run()

    assert "Saldo na 23.11.2026: do wpłaty 600,00 zł." in written(app)
    assert "nadpłata 5,50 zł" in written(app)
    assert any(layer["mark"].get("interpolate") == "step-after" for layer in specification(app)["layer"])
    assert app.expander[0].label == "Dane wykresu w tabeli"


def test_months_are_bars_side_by_side_with_exact_sums_in_words() -> None:
    app = AppTest.from_function(months_script, default_timeout=30).run()

    assert "październik 2026 – listopad 2026: naliczono 1 200,30 zł, wpłacono 1 200,30 zł." in written(app)
    encoding = specification(app)["encoding"]
    assert (encoding["x"]["timeUnit"], encoding["x"]["type"]) == ("yearmonth", "ordinal")
    assert "xOffset" in encoding


def test_charts_speak_polish_and_are_named_shortly() -> None:
    for script in (balance_script, months_script):
        app = AppTest.from_function(script, default_timeout=30).run()
        (chart,) = app.get("vega_lite_chart")
        assert 20 < len(chart.proto.alt) <= 150
        assert specification(app)["config"]["locale"]["number"]["decimal"] == ","
        marks = specification(app).get("layer", [specification(app)])
        assert all(mark["mark"]["aria"] is False for mark in marks)


def test_components_are_bars_in_the_order_of_what_they_cost_with_shares_in_the_table() -> None:
    app = AppTest.from_function(components_script, default_timeout=30).run()

    html = written(app)
    assert "Razem naliczono 1 000,00 zł. Najwięcej kosztuje: Czynsz &lt;b&gt;, 750,10 zł." in html
    assert specification(app)["encoding"]["y"]["sort"] is None
    cells = html.split("Naliczenia według składników</caption>")[1]
    assert cells.index("75%") < cells.index("25%") < cells.index("–")  # what was taken back has no share


def test_legend_keeps_no_line_for_a_title_it_has_not() -> None:
    app = AppTest.from_function(months_script, default_timeout=30).run()

    told = specification(app)["encoding"]["color"]["legend"]
    assert (told["titleFontSize"], told["titlePadding"]) == (1, 0)
