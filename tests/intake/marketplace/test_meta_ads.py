"""What Meta Ads cost, rows of our own against days added up by hand: part of a header is all that was seen of it."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from sales.models import Campaign, CampaignSpend
from tests.intake.conftest import Run

Intake = Callable[..., Run]
HEADER = (
    "Campaign name,Ad set name,Ad name,Reporting starts,Reporting ends,Amount spent (USD),Impressions,Reach,"
    "Link clicks,Clicks (all),Results,Purchases,Purchases conversion value"
)
TABLE = """
        |       |        |2025-03-01|2025-03-31|210.37|61,500|1100|1500
Spring  |Women  |Reel 1  |2025-03-01|2025-03-01|20.00 |4,000 |80  |100
Spring  |Women  |Reel 2  |2025-03-01|2025-03-01|10.50 |2,000 |40  |50
spring  |Men    |Reel 1  |2025-03-01|2025-03-01|5.25  |1,000 |    |25
Spring  |Women  |Reel 1  |2025-03-02|2025-03-02|20.00 |4,000 |80  |100
Spring  |Women  |Reel 1  |2025-03-02|2025-03-02|20.00 |4,000 |80  |100
Spring  |Women  |Reel 1  |2025-03-03|2025-03-03|      |0     |0   |0
Vintage |Women  |Story   |2025-03-01|2025-03-01|7.77  |900   |9   |11
Vintage |Women  |Story   |2025-03-09|2025-03-09|8.88  |901   |8   |12
Vintage |Women  |Story 2 |2025-03-09|2025-03-09|1.12  |99    |2   |3
"""
WRONG = """
Spring  |Women  |Reel 1  |2025-03-01|2025-03-07|20.00 |4,000 |80  |100
Spring  |Women  |Reel 1  |03/04/2025|2025-03-04|20.00 |4,000 |80  |100
Spring  |Women  |Reel 1  |2025-03-05|2025-03-05|-1.00 |4,000 |80  |100
Spring  |Women  |Reel 1  |2025-03-06|2025-03-06|1.00  |many  |80  |100
"""
NAMES = ("Campaign name", "Ad set name", "Ad name", "Reporting starts", "Reporting ends", "Amount spent (USD)",
         "Impressions", "Link clicks", "Clicks (all)")  # fmt: skip


def rows(table: str = TABLE) -> list[dict[str, str]]:
    lines = (line.split("|") for line in table.strip("\n").splitlines())
    return [dict(zip(NAMES, (cell.strip() for cell in cells), strict=True)) for cells in lines]


def test_days_add_up_by_campaign(intake: Intake, sheet: Callable[..., Path]) -> None:
    path = sheet(HEADER, *rows(), *rows(WRONG))
    assert intake(path).counts == {"rows": 14, "new": 8, "known": 1, "ignored": 1, "rejected": 4}
    spend = CampaignSpend.objects.order_by("campaign__name", "spent_on")
    assert list(spend.values_list("campaign__name", "spent_on", "amount", "impressions", "clicks")) == [
        ("Spring", date(2025, 3, 1), Decimal("35.75"), 7000, 145),  # the third ad tells all clicks only
        ("Spring", date(2025, 3, 2), Decimal("20.00"), 4000, 80),
        ("Spring", date(2025, 3, 3), Decimal("0.00"), 0, 0),
        ("Vintage", date(2025, 3, 1), Decimal("7.77"), 900, 9),
        ("Vintage", date(2025, 3, 9), Decimal("10.00"), 1000, 10),
    ]
    spring = Campaign.objects.get(name="Spring")
    assert (spring.medium, spring.starts_on) == ("Meta Ads", date(2025, 3, 1))
    assert intake(path).counts == {"rows": 14, "known": 9, "ignored": 1, "rejected": 4}


def test_wrong_rows_are_named(intake: Intake, sheet: Callable[..., Path]) -> None:
    run = intake(sheet(HEADER, *rows(WRONG)))
    assert [(r.row, r.column, r.value) for r in run.batch.rejections.order_by("row")] == [
        (2, "Reporting ends", "2025-03-07"),
        (3, "Reporting starts", "03/04/2025"),
        (4, "Amount spent (USD)", "-1.00"),
        (5, "Impressions", "many"),
    ]


def test_a_newer_file_replaces_the_day_once(intake: Intake, sheet: Callable[..., Path]) -> None:
    Campaign.objects.create(name="VINTAGE", medium="E-mail", starts_on=date(2025, 4, 1))
    last = rows()[-2:]
    intake(sheet(HEADER, *last))
    later = sheet(HEADER, last[0] | {"Amount spent (USD)": "9.00"}, last[1])
    assert intake(later).counts == {"rows": 2, "changed": 2}
    assert CampaignSpend.objects.get().amount == Decimal("10.12")
    assert intake(later).counts == {"rows": 2, "known": 2}
    assert Campaign.objects.get().starts_on == date(2025, 4, 1)  # a campaign of our own stays as it is


def test_two_files_that_contradict_each_other_are_a_conflict(intake: Intake, sheet: Callable[..., Path]) -> None:
    last = rows()[-1]
    one = sheet(HEADER, last, name="a.csv")
    run = intake(one, sheet(HEADER, last | {"Amount spent (USD)": "2.00"}, name="b.csv"))
    assert run.counts == {"rows": 2, "new": 1, "conflicts": 1}


def test_another_currency_is_no_known_file(intake: Intake, sheet: Callable[..., Path]) -> None:
    row = rows()[-1]
    row["Amount spent (EUR)"] = row.pop("Amount spent (USD)")
    assert "Amount spent (USD)" in intake(sheet(HEADER.replace("USD", "EUR"), row)).error


@pytest.mark.parametrize("name", ["meta_ads_export.PARTIAL"])
def test_the_part_of_the_real_header(intake: Intake, sheet: Callable[..., Path], real_data: Path, name: str) -> None:
    header = (real_data / "headers" / f"{name}.header.csv").read_text().strip()
    assert header == HEADER
    assert intake(sheet(header, *rows())).counts == {"rows": 10, "new": 8, "known": 1, "ignored": 1}
