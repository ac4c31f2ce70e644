"""The golden ledger: a fortnight of the shop small enough to add up by hand, with everything in it that can happen.

`golden_shop()` books it through the services; GOLDEN is what every surface must show for March 2026.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from pieces import at, channel, fee_rule, piece

from customers.models import Customer, Seller
from inventory.models import Brand, Category, Product
from inventory.services import add_cost
from sales.models import Order
from sales.services import (
    RefundLine,
    SaleLine,
    cancel_order,
    record_adjustment,
    record_sale,
    refund,
    write_off_piece,
)

# Everything of March 2026, added up by hand below at the bookings.
GOLDEN = {
    "units": 5,  # 3 + 1 + 1 + 1 + 1 sold, 1 + 1 returned
    "orders": 3,  # the giveaway brought nothing, the cancelled one is none
    "gross": Decimal("7842.73"),  # 700.01 + 4000.00 + 3142.72 + 0.00
    "discounts": Decimal("558.37"),  # 50.00 + 400.00 + 108.37
    "refunds": Decimal("3085.31"),  # 30.96 + 20.00 + 3034.35
    "adjustments": Decimal("-100.00"),
    "revenue": Decimal("4099.05"),  # 7842.73 - 558.37 - 3085.31 - 100.00
    "cost": Decimal("2542.52"),  # 345.50 + 37.02 + 2160.00 + 2045.00 + 12.34 - 12.34 - 2045.00
    "fees": Decimal("122.62"),  # 72.80 + 94.82 - 60.00 + 15.00
    "profit": Decimal("1433.91"),  # 4099.05 - 2542.52 - 122.62
    "aov": Decimal("2428.12"),  # (7842.73 - 558.37) / 3
    "write_offs": Decimal("12.34"),  # a loss, shown apart
}


@dataclass(frozen=True)
class GoldenShop:
    speedy: Product
    flap: Product
    kelly: Product
    wallet: Product
    scarf: Product
    anna: Customer
    bella: Customer
    carla: Customer
    live: Order
    consigned: Order
    foreign: Order
    giveaway: Order
    cancelled: Order


def golden_shop() -> GoldenShop:
    stock, people = _stock(), _people()
    orders = _sales(stock, people)
    _afterwards(stock, orders)
    return GoldenShop(**stock, **people, **orders)


def _stock() -> dict[str, Product]:
    bags, scarves = (Category.objects.create(name=name) for name in ("Bags", "Scarves"))
    brand = {name: Brand.objects.create(name=name) for name in ("Louis Vuitton", "Chanel", "Hermès", "Gucci")}
    paula = Seller.objects.create(name="Paula Consigns", consignor_share=Decimal("0.6"))
    speedy = piece("LV-SPEEDY", brand=brand["Louis Vuitton"], category=bags, condition="A", cost="300.00")
    add_cost(product=speedy, kind="authentication", amount=Decimal("20.00"), incurred_on=date(2026, 1, 20))
    add_cost(product=speedy, kind="repair", amount=Decimal("15.50"), incurred_on=date(2026, 1, 22))  # 335.50
    flap = piece("CH-FLAP", brand=brand["Chanel"], category=bags, condition="AB", cost="2000.00")
    add_cost(product=flap, kind="shipping", amount=Decimal("45.00"), incurred_on=date(2026, 1, 20))  # 2045.00
    kelly = piece("HE-KELLY", brand=brand["Hermès"], category=bags, condition="S", seller=paula, is_consigned=True)
    wallet = piece("GU-WALLET", brand=brand["Gucci"], category=bags, condition="B", cost="90.00")
    scarf = piece(
        "HE-SCARF",
        brand=brand["Hermès"],
        category=scarves,
        condition="S",
        quantity=10,
        one_of_one=False,
        cost="12.34",
    )
    return {"speedy": speedy, "flap": flap, "kelly": kelly, "wallet": wallet, "scarf": scarf}


def _people() -> dict[str, Customer]:
    names = {"anna": ("Anna Ode", "US"), "bella": ("Bella Ruiz", "US"), "carla": ("Carla Weiß", "DE")}
    return {key: Customer.objects.create(name=name, country=country) for key, (name, country) in names.items()}


def _sales(stock: dict[str, Product], people: dict[str, Customer]) -> dict[str, Order]:
    whatnot, till, shopify = channel("whatnot", is_live=True), channel("till"), channel("shopify")
    fee_rule(whatnot, "0.08")
    fee_rule(whatnot, "0.029", kind="processing", base="total", fixed=Decimal("0.30"))
    # gross 600.00 + 100.01 (3 x 33.335 = 100.005, half up) = 700.01; discount 50.00 as 42.86 and 7.14;
    # fees 8 % of 650.01 = 52.00 and 2.9 % of 707.01 + 0.30 = 20.80, together 72.80 as 62.40 and 10.40;
    # cost 335.50 + 3 x 12.34 = 372.52
    live = record_sale(
        channel=whatnot,
        number="W-1",
        customer=people["anna"],
        ordered_at=at("2026-03-02", 20),
        lines=[
            SaleLine(product=stock["speedy"], unit_price=Decimal("600.00")),
            SaleLine(product=stock["scarf"], quantity=3, unit_price=Decimal("33.335")),
        ],
        order_discount=Decimal("50.00"),
        shipping_charged=Decimal("12.00"),
        tax=Decimal("45.00"),
    )
    # revenue 3600.00, of which Paula's share, 60 %, is the cost: 2160.00
    consigned = record_sale(
        channel=till,
        number="T-1",
        customer=people["bella"],
        ordered_at=at("2026-03-03", 11),
        lines=[
            SaleLine(product=stock["kelly"], unit_price=Decimal("4000.00"), discount=Decimal("400.00")),
        ],
    )
    # 2899.99 EUR x 1.0837 = 3142.72; discount 100.00 EUR = 108.37; fees 87.50 EUR = 94.82; cost 2045.00
    foreign = record_sale(
        channel=shopify,
        number="S-1",
        customer=people["carla"],
        ordered_at=at("2026-03-04", 9),
        lines=[SaleLine(product=stock["flap"], unit_price=Decimal("2899.99"))],
        currency="EUR",
        rate=Decimal("1.0837"),
        order_discount=Decimal("100.00"),
        shipping_charged=Decimal("25.00"),
        fees=Decimal("87.50"),
    )
    # no revenue, no fees; cost 12.34
    giveaway = record_sale(
        channel=whatnot,
        number="W-2",
        customer=people["anna"],
        ordered_at=at("2026-03-05", 21),
        lines=[SaleLine(product=stock["scarf"], unit_price=Decimal("0.00"))],
    )
    cancelled = record_sale(
        channel=till,
        number="T-2",
        ordered_at=at("2026-03-06", 10),
        lines=[SaleLine(product=stock["wallet"], unit_price=Decimal("250.00"))],
    )
    return {
        "live": live,
        "consigned": consigned,
        "foreign": foreign,
        "giveaway": giveaway,
        "cancelled": cancelled,
    }


def _afterwards(stock: dict[str, Product], orders: dict[str, Order]) -> None:
    cancel_order(order=orders["cancelled"], at=at("2026-03-07"))
    # one of three scarves comes back: 92.87 / 3 = 30.96, and its cost, 12.34
    scarves = orders["live"].lines.get(product=stock["scarf"])
    refund(
        order=orders["live"], lines=[RefundLine(line=scarves, quantity=1)], refunded_at=at("2026-03-09"), number="R-1"
    )
    # goodwill 20.00 as 17.14 and 2.86
    refund(order=orders["live"], goodwill=Decimal("20.00"), refunded_at=at("2026-03-10"), number="R-2")
    # the flap comes back whole: 3142.72 - 108.37 = 3034.35, its cost 2045.00, 60.00 of its fees
    flap = orders["foreign"].lines.get()
    refund(
        order=orders["foreign"],
        lines=[RefundLine(line=flap, quantity=1)],
        refunded_at=at("2026-03-11"),
        fees_returned=Decimal("60.00"),
        number="R-3",
    )
    record_adjustment(
        order=orders["live"],
        amount=Decimal("-100.00"),
        fees=Decimal("15.00"),
        adjusted_at=at("2026-03-12"),
        description="chargeback",
    )
    write_off_piece(product=stock["scarf"], at=at("2026-03-13"), reason="torn")  # 12.34, a loss
    # a bill that comes after the sale: the speedy cost 345.50
    add_cost(product=stock["speedy"], kind="repair", amount=Decimal("10.00"), incurred_on=date(2026, 3, 14))
