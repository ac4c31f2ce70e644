"""Meta Ads' export of what campaigns cost, a row per campaign, ad set or ad and day.

Sourced (part of a header in a public repository): the columns; the currency stands in the name of one.
Unverified, for no file was seen; assumed: days are ISO dates, in the shop's zone; each row covers one day (a breakdown
by day), and one that covers more is refused, for the spend belongs to a day; rows of one campaign and day add up, and
of rows alike in everything one counts; a row without a campaign is the total; link clicks are the clicks; what was
spent may still change, so a newer file replaces it. Purchases that Meta claims are not read: sales are ours to count.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models.functions import Lower

from lacelux.intake import values
from lacelux.intake.formats import Column, Comparison, Format, Importer, Located
from lacelux.intake.models import Batch
from lacelux.intake.refusals import Refused
from lacelux.lib.money import ZERO, cents
from sales.formats.marketplace import cells
from sales.models import Campaign, CampaignSpend

MEDIUM = "Meta Ads"
SPENT = f"Amount spent ({settings.SHOP_CURRENCY})"


@dataclass(frozen=True, slots=True)
class Spent:
    """One row; `ad` names what it is of, below the campaign. An empty campaign: the file's total."""

    campaign: str
    ad: tuple[str, str]
    day: date
    amount: Decimal
    impressions: int
    clicks: int

    @property
    def key(self) -> tuple[str, date]:
        return self.campaign.casefold(), self.day


@dataclass
class Total:
    """A campaign's day: the rows that make it up, each once."""

    rows: list[Located[Spent]] = field(default_factory=list)
    repeated: int = 0

    def add(self, row: Located[Spent]) -> None:
        if any(row.content == other.content for other in self.rows):
            self.repeated += 1
        else:
            self.rows.append(row)

    @property
    def figures(self) -> tuple[Decimal, int, int]:
        spent = [row.content for row in self.rows]
        amount = cents(sum((one.amount for one in spent), ZERO))
        return amount, sum(one.impressions for one in spent), sum(one.clicks for one in spent)


class MetaAds(Format):
    name = "meta-ads"
    title = "Meta Ads spend"
    source = "meta-ads"
    most_rows = 8_000
    columns = (
        Column("Campaign name"),
        Column("Reporting starts"),
        Column("Reporting ends"),
        Column(SPENT),
        Column("Impressions"),
        Column("Ad set name", required=False),
        Column("Ad name", required=False),
        Column("Link clicks", required=False),
        Column("Clicks (all)", required=False),
    )

    def importer(self, *, options: Mapping[str, str], now: datetime) -> MetaAdsImporter:
        return MetaAdsImporter(options=options, now=now)


class MetaAdsImporter(Importer[Spent]):
    def __init__(self, *, options: Mapping[str, str], now: datetime) -> None:
        super().__init__(options=options, now=now)
        self.zone = ZoneInfo(settings.SHOP_TIME_ZONE)
        self._names = [column.name for column in MetaAds.columns]
        self._earlier: dict[tuple[str, date], tuple[Decimal, int, int]] = {}  # days of the files read so far
        self._pending: dict[tuple[str, date], Total] = {}

    def continues(self, before: Spent, row: Spent) -> bool:
        return True  # the rows of a day may stand anywhere

    def parse(self, given: Sequence[str]) -> Spent:
        row = dict(zip(self._names, given, strict=True))
        starts, ends = (self._day(row, column) for column in ("Reporting starts", "Reporting ends"))
        campaign = cells.words(row, "Campaign name", 120)
        if campaign and starts != ends:
            reason = "Covers several days: export it with the breakdown by day."
            raise Refused(reason, column="Reporting ends", value=row["Reporting ends"])
        clicks = "Link clicks" if row["Link clicks"].strip() else "Clicks (all)"
        return Spent(
            campaign=campaign,
            ad=(cells.words(row, "Ad set name", 400), cells.words(row, "Ad name", 400)),
            day=starts,
            amount=cells.money(row, SPENT),
            impressions=_count(row, "Impressions"),
            clicks=_count(row, clicks),
        )

    def _day(self, row: cells.Row, column: str) -> date:
        return values.moment(row[column], column=column, zone=self.zone, now=self.now).astimezone(self.zone).date()

    def compare(self, rows: Sequence[Located[Spent]]) -> Comparison[Spent]:
        found: Comparison[Spent] = Comparison()
        totals: dict[tuple[str, tuple[str, date]], Total] = {}
        for row in rows:
            if row.content.campaign:
                totals.setdefault((row.file, row.content.key), Total()).add(row)
            else:
                found.ignored += 1
        there = self._there(rows)
        self._pending.clear()
        for (_, key), total in totals.items():
            self._sort(key, total, there, found)
        return found

    def _there(self, rows: Sequence[Located[Spent]]) -> dict[tuple[str, date], tuple[Decimal, int, int]]:
        """What is here of the campaigns and days that the rows name."""
        names = {row.content.campaign.casefold() for row in rows}
        days = {row.content.day for row in rows}
        spend = CampaignSpend.objects.alias(key=Lower("campaign__name")).filter(key__in=names, spent_on__in=days)
        figures = spend.order_by().values_list("campaign__name", "spent_on", "amount", "impressions", "clicks")
        return {(name.casefold(), day): (amount, seen, clicked) for name, day, amount, seen, clicked in figures}

    def _sort(
        self,
        key: tuple[str, date],
        total: Total,
        there: Mapping[tuple[str, date], tuple[Decimal, int, int]],
        found: Comparison[Spent],
    ) -> None:
        found.known += total.repeated
        if key in self._earlier and self._earlier[key] != total.figures:
            refused = Refused("This campaign and day stand in the files twice, and not the same.", column=SPENT)
            for row in total.rows:
                found.conflict(row, refused)
        elif key in self._earlier or there.get(key) == total.figures:
            found.known += len(total.rows)
        else:
            (found.changed if key in there else found.new).extend(total.rows)
            self._pending[key] = total
        self._earlier.setdefault(key, total.figures)

    def write(
        self, found: Comparison[Spent], *, batch: Batch, actor: User | None
    ) -> list[tuple[Located[Spent], Refused]]:
        campaigns: dict[str, Campaign] = {}
        for (name, day), total in sorted(self._pending.items(), key=lambda item: item[0][1]):
            if name not in campaigns:
                campaigns[name] = _campaign(total.rows[0].content.campaign, day, actor)
            amount, impressions, clicks = total.figures
            CampaignSpend.objects.update_or_create(
                campaign=campaigns[name],
                spent_on=day,
                defaults={"amount": amount, "impressions": impressions, "clicks": clicks},
            )
        return []


def _campaign(name: str, day: date, actor: User | None) -> Campaign:
    """The campaign of that name, made where it is missing; one of ours begins with its first day of spend."""
    campaign = Campaign.objects.filter(name__iexact=name).first() or Campaign(name=name, medium=MEDIUM, starts_on=day)
    if campaign.pk is None or (campaign.medium == MEDIUM and day < campaign.starts_on):
        campaign.starts_on = day
        campaign._history_user = actor  # type: ignore[attr-defined]
        campaign.save()
    return campaign


def _count(row: cells.Row, column: str) -> int:
    text = row[column].strip().replace(",", "")
    if not text:
        return 0
    count = values.whole(text, column=column)
    if count < 0:
        raise Refused("A count is not negative.", column=column, value=row[column])
    return count
