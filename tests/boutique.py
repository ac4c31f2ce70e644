"""A boutique in March 2026, small enough to add up by hand: what questions are tested on.

Two customers and two bags share their names, a wallet has no brand, and there are a discount, a part refund, a
chargeback, a write-off, a giveaway, a sale to nobody known and a show. `TODAY` is its last day, a Tuesday.

March in all: gross 3,320.00, discounts 50.00, refunds 40.00, chargeback -15.00: revenue 3,215.00; cost 2,210.00,
fees 83.00, profit 922.00; units 7, orders 5. February, the period before: revenue 1,250.00, orders 2.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from pieces import at, channel, piece

from analytics.base import Result, Viewer
from analytics.catalogue import ANALYSES
from customers.models import Customer
from inventory.models import Brand, Category, Product
from inventory.services import reserve
from sales.models import Campaign, Host, Order, Show
from sales.services import RefundLine, SaleLine, record_adjustment, record_sale, refund, write_off_piece

TODAY = date(2026, 3, 31)
MARCH = "2026-03-01/2026-03-31"
OWNER = Viewer(
    frozenset(f"access.{name}" for name in ("view_figures", "view_cost", "view_margin", "view_personal", "export"))
)
VIEWER = Viewer(frozenset({"access.view_figures"}))


@dataclass(frozen=True)
class Boutique:
    anna: Customer
    namesake: Customer  # another Anna Ode
    bella: Customer
    carla: Customer
    speedy: Product
    twin: Product  # another Speedy 30
    scarf: Product
    wallet: Product
    flap: Product
    show: Show
    campaign: Campaign
    brands: dict[str, Brand]
    orders: dict[str, Order]


def ask(slug: str, viewer: Viewer = OWNER, today: date = TODAY, **params: Any) -> Result:
    """`ask("sales/daily", period="7d", brand=[3, 4])`"""
    query = {name: texts(value) for name, value in params.items()}
    return ANALYSES[slug].run(query, viewer, today=today)


def texts(value: Any) -> list[str]:
    many = value if isinstance(value, Iterable) and not isinstance(value, str) else [value]
    return [str(one) for one in many]


def rows_by(result: Result, name: str) -> dict[Any, dict[str, Any]]:
    return {row[name]: row for row in result.dicts()}


def money(text: str) -> Decimal:
    return Decimal(text)


def boutique() -> Boutique:
    brands = {name: Brand.objects.create(name=name) for name in ("Louis Vuitton", "Hermès", "Chanel", "Gucci")}
    stock, people = _stock(brands), _people()
    host = Host.objects.create(name="Hana")
    whatnot = channel("whatnot", is_live=True)
    show = Show.objects.create(
        channel=whatnot, host=host, title="Bags, live", starts_at=at("2026-03-05", 19), ends_at=at("2026-03-05", 22)
    )
    campaign = Campaign.objects.create(name="Spring", starts_on=date(2026, 3, 1))
    orders = {**_february(stock, people), **_march(stock, people, show, campaign)}
    _afterwards(stock, orders)
    kept = {name: stock[name] for name in ("speedy", "twin", "scarf", "wallet", "flap")}
    return Boutique(**people, **kept, show=show, campaign=campaign, brands=brands, orders=orders)


def _people() -> dict[str, Customer]:
    names = {"anna": "Anna Ode", "namesake": "Anna Ode", "bella": "Bella Ruiz", "carla": "Carla Weiß"}
    return {key: Customer.objects.create(name=name) for key, name in names.items()}


def _stock(brands: dict[str, Brand]) -> dict[str, Product]:
    bags = Category.objects.create(name="Bags")
    vuitton, hermes, chanel, gucci = brands.values()
    model: dict[str, Any] = {"title": "Speedy 30", "model": "Speedy 30", "brand": vuitton, "category": bags}
    found = {
        "speedy": piece("LV-1", cost="300", condition="A", **model),
        "twin": piece("LV-2", cost="350", condition="B", listed="2026-02-10", **model),
        "scarf": piece(
            "HE-1", quantity=10, one_of_one=False, cost="10", brand=hermes, title="Carré", list_price=Decimal(45)
        ),
        "kelly": piece("HE-2", cost="800", brand=hermes, category=bags, title="Kelly", condition="S"),
        "wallet": piece("NN-1", cost="30", title="Wallet"),
        "flap": piece("CH-1", cost="1500", brand=chanel, category=bags, listed="2026-03-01", title="Flap"),
        "belt": piece("GU-1", cost="100", brand=gucci, title="Belt"),
        # unsold: 70, 90, 91 and 30 days listed on the last of March, one kept for someone, one not listed yet
        "tote": piece("GU-2", cost="400", brand=gucci, category=bags, listed="2026-01-20", list_price=Decimal(900)),
        "old": piece("XX-1", cost="150", listed="2025-12-31", list_price=Decimal(300)),
        "older": piece("XX-2", cost="160", listed="2025-12-30", list_price=Decimal(350)),
        "mini": piece("CH-2", cost="700", brand=chanel, listed="2026-03-01", list_price=Decimal(1500)),
        "draft": piece("XX-3", cost="120", listed=None),
    }
    reserve(product=found["mini"])
    return found


def _sell(number: str, when: Any, lines: list[SaleLine], code: str = "till", **more: Any) -> Order:
    return record_sale(channel=channel(code), number=number, ordered_at=when, lines=lines, **more)


def line(product: Product, price: str, quantity: int = 1, discount: str = "0") -> SaleLine:
    return SaleLine(product=product, unit_price=Decimal(price), quantity=quantity, discount=Decimal(discount))


def _february(stock: dict[str, Product], people: dict[str, Customer]) -> dict[str, Order]:
    return {
        # Hermès 50.00 + 1000.00, Gucci 200.00
        "F-1": _sell("F-1", at("2026-02-10", 15), [line(stock["scarf"], "50")], customer=people["namesake"]),
        "F-2": _sell(
            "F-2",
            at("2026-02-20"),
            [line(stock["kelly"], "1000"), line(stock["belt"], "200")],
            customer=people["carla"],
        ),
    }


def _march(stock: dict[str, Product], people: dict[str, Customer], show: Show, campaign: Campaign) -> dict[str, Order]:
    live: dict[str, Any] = {"code": "whatnot", "show": show}
    return {
        # Monday: 500.00 - 50.00 = 450.00, profit 150.00, 29 days to sell
        "T-1": _sell(
            "T-1", at("2026-03-02", 10, 15), [line(stock["speedy"], "500", discount="50")], customer=people["anna"],
            country="Japan",
        ),
        # Thursday, live: 600.00 + 80.00, fees 60.00 + 8.00, profit 190.00 + 52.00; the bag took 23 days
        "W-1": _sell(
            "W-1", at("2026-03-05", 20, 30), [line(stock["twin"], "600"), line(stock["scarf"], "40", 2)],
            customer=people["namesake"], campaign=campaign, fees=Decimal(68), **live,
        ),
        # the same hour: 100.00, fees 10.00, profit 60.00, 32 days
        "W-2": _sell(
            "W-2", at("2026-03-05", 20, 45), [line(stock["wallet"], "100")], customer=people["anna"],
            fees=Decimal(10), **live,
        ),
        # Tuesday, shortly before midnight, to nobody known: 40.00, profit 30.00
        "T-2": _sell("T-2", at("2026-03-10", 23, 30), [line(stock["scarf"], "40")]),
        # a giveaway: no revenue, profit -10.00, no order
        "W-3": _sell(
            "W-3", at("2026-03-20", 20), [line(stock["scarf"], "0")], customer=people["bella"], code="whatnot",
        ),
        # today, Tuesday: 2000.00, profit 500.00, 30 days
        "T-3": _sell("T-3", at("2026-03-31", 9), [line(stock["flap"], "2000")], customer=people["anna"]),
    }  # fmt: skip


def _afterwards(stock: dict[str, Product], orders: dict[str, Order]) -> None:
    scarves = orders["W-1"].lines.get(product=stock["scarf"])
    # Thursday noon: -40.00, its cost 10.00 comes back
    refund(order=orders["W-1"], lines=[RefundLine(line=scarves, quantity=1)], refunded_at=at("2026-03-12"))
    # Sunday noon: -15.00 and a fee of 5.00
    record_adjustment(
        order=orders["T-1"],
        amount=Decimal(-15),
        fees=Decimal(5),
        adjusted_at=at("2026-03-15"),
        description="chargeback",
    )
    write_off_piece(product=stock["scarf"], at=at("2026-03-16"), reason="torn")  # a loss of 10.00
