"""Every table of the mart, and the views and macros that questions use."""

from __future__ import annotations

from hashlib import sha256

from analytics.mart.shape import Fill, Table, Touch, cents, moment, published, simple, text

BRAND = simple("brand", "inventory_brand", {"brand": ("text", "s.name")})
CATEGORY = simple("category", "inventory_category", {"category": ("text", "s.name")})
CHANNEL = simple("channel", "sales_channel", {"channel": ("text", "s.name"), "channel_code": ("text", "s.code")})
HOST = simple("host", "sales_host", {"host": ("text", "s.name")})
SHOW = simple(
    "shows",
    "sales_show",
    {
        "show_name": ("text", "s.title"),
        "starts_at": ("moment", moment("s.starts_at")),
        "ends_at": ("moment", moment("s.ends_at")),
        "channel_id": ("id", "s.channel_id"),
        "host_id": ("id", "s.host_id"),
        "labour_cost": ("money", cents("s.labour_cost")),
    },
    derived={"hours": ("DOUBLE", "date_diff('second', starts_at, ends_at) / 3600.0")},  # type: ignore[dict-item]
    local_days={"starts_on": "starts_at"},
)
CAMPAIGN = simple(
    "campaign",
    "sales_campaign",
    {
        "campaign": ("text", "s.name"),
        "medium": ("text", "s.medium"),
        "starts_on": ("day", text("s.starts_on")),
        "ends_on": ("day", text("s.ends_on")),
    },
)
CUSTOMERS = simple(
    "customers",
    "customers_customer",
    {
        "customer": ("text", "s.name"),
        "city": ("text", "s.city"),
        "region": ("text", "s.region"),
        "country": ("text", "s.country"),
        "contact_preference": ("text", "s.contact_preference"),
        "created_at": ("moment", moment("s.created_at")),
        "batch_id": ("id", "s.batch_id"),
    },
    where=published("s"),
    local_days={"created_on": "created_at"},
)
PRODUCTS = simple(
    "products",
    "inventory_product",
    {
        "sku": ("text", "s.sku"),
        "title": ("text", "s.title"),
        "brand_id": ("id", "s.brand_id"),
        "category_id": ("id", "s.category_id"),
        "model": ("text", "s.model"),
        "size": ("text", "s.size"),
        "colour": ("text", "s.colour"),
        "condition": ("text", "NULLIF(s.condition, '')"),
        "is_limited_edition": ("flag", "CAST(s.is_limited_edition AS INTEGER)"),
        "is_one_of_one": ("flag", "CAST(s.is_one_of_one AS INTEGER)"),
        "status": ("text", "s.status"),
        "list_price": ("money", cents("s.list_price")),
        "floor_price": ("money", cents("s.floor_price")),
        "landed_cost": ("money", cents("s.landed_cost")),
        "is_consigned": ("flag", "CAST(s.is_consigned AS INTEGER)"),
        "on_hand": ("int", "s.quantity_on_hand"),
        "reserved": ("int", "s.quantity_reserved"),
        "available": ("int", "s.quantity_on_hand - s.quantity_reserved"),
        "sold": ("int", "s.quantity_sold"),
        "created_at": ("moment", moment("s.created_at")),
        "listed_at": ("moment", moment("s.listed_at")),
        "sold_at": ("moment", moment("s.sold_at")),
        "days_to_sell": ("int", "s.days_to_sell"),
        "batch_id": ("id", "s.batch_id"),
    },
    where=published("s"),
    local_days={"created_on": "created_at", "listed_on": "listed_at", "sold_on": "sold_at"},
)

PIECE = {
    "product_id": "e.product_id",
    "brand_id": "p.brand_id",
    "category_id": "p.category_id",
    "condition": "NULLIF(p.condition, '')",
    "batch_id": "e.batch_id",
}
JOIN_PIECE = "LEFT JOIN inventory_product p ON p.id = e.product_id"
OF_ORDER = {"show_id": "o.show_id", "host_id": "o.host_id", "campaign_id": "o.campaign_id"}
NO_MONEY = dict.fromkeys(("gross", "discounts", "refunds", "adjustments", "cost", "fees", "loss"), "0")


def touches_of(source: str, kind: str) -> tuple[Touch, ...]:
    """What touches an entry: its own row, its order, its piece, its batch."""
    return (
        Touch(source, "e.id", f"kind {kind} AND source_id"),
        Touch("sales_order", "e.order_id", "order_id"),
        Touch("inventory_product", "e.product_id", "product_id"),
        Touch("intake_batch", "e.batch_id", "batch_id"),
    )


SALES = Fill(
    f"sales_orderline e JOIN sales_order o ON o.id = e.order_id {JOIN_PIECE}",
    {
        **NO_MONEY, **PIECE, **OF_ORDER,
        "entry_id": "e.id * 4", "kind": "'sale'", "source_id": "e.id", "order_id": "e.order_id",
        "customer_id": "o.customer_id", "channel_id": "o.channel_id", "country": "NULLIF(o.country, '')",
        "number": "o.number", "description": "e.description", "occurred_at": moment("e.sold_at"),
        "quantity": "e.quantity", "units": "e.quantity", "gross": cents("e.gross"),
        "discounts": cents("e.discount"), "cost": cents("e.cost"), "fees": cents("e.fees"),
        "days_to_sell": "CASE WHEN e.holds_piece THEN p.days_to_sell END",
    },
    touches_of("sales_orderline", "= 'sale'"),
    f"o.cancelled_at IS NULL AND {published('e')} AND {published('o')}",
)  # fmt: skip
REFUNDS = Fill(
    f"sales_refund e LEFT JOIN sales_order o ON o.id = e.order_id {JOIN_PIECE}",
    {
        **NO_MONEY, **PIECE, **OF_ORDER,
        "entry_id": "e.id * 4 + 1", "kind": "'refund'", "source_id": "e.id", "order_id": "e.order_id",
        "customer_id": "e.customer_id", "channel_id": "e.channel_id", "country": "NULLIF(e.country, '')",
        "number": "e.number", "description": "e.description", "occurred_at": moment("e.refunded_at"),
        "quantity": "e.quantity", "units": "-e.quantity", "refunds": cents("e.amount"),
        "cost": cents("-e.cost_returned"), "fees": cents("-e.fees_returned"),
        "days_to_sell": "CAST(NULL AS INTEGER)",
    },
    touches_of("sales_refund", "= 'refund'"),
    f"e.state = 'approved' AND {published('e')}",
)  # fmt: skip
ADJUSTMENTS = Fill(
    f"sales_adjustment e LEFT JOIN sales_order o ON o.id = e.order_id {JOIN_PIECE}",
    {
        **NO_MONEY, **PIECE, **OF_ORDER,
        "entry_id": "e.id * 4 + 2", "kind": "e.kind", "source_id": "e.id", "order_id": "e.order_id",
        "customer_id": "e.customer_id", "channel_id": "e.channel_id", "country": "NULLIF(e.country, '')",
        "number": "e.number", "description": "e.description", "occurred_at": moment("e.adjusted_at"),
        "quantity": "e.quantity", "units": "0", "adjustments": cents("e.amount"), "fees": cents("e.fees"),
        "cost": f"CASE WHEN e.kind = 'write_off' THEN 0 ELSE {cents('e.cost')} END",
        "loss": f"CASE WHEN e.kind = 'write_off' THEN {cents('e.cost')} ELSE 0 END",
        "days_to_sell": "CAST(NULL AS INTEGER)",
    },
    touches_of("sales_adjustment", "IN ('adjustment', 'write_off')"),
    published("e"),
)  # fmt: skip
# Distinct orders of a million entries take 40 ms to count. So one line sold above 0.00 is marked in each order whose
# such lines fell into one local hour (`opens_order`): it stands for the order. The others' lines are `strays`.
OPENING = """
    UPDATE entry SET strays = o.earliest <> o.latest,
           opens_order = entry.entry_id = o.first AND o.earliest = o.latest
    FROM (
        SELECT order_id, min(entry_id) AS first, min(stood) AS earliest, max(stood) AS latest FROM (
            SELECT order_id, entry_id, date_diff('day', DATE '2000-01-01', date) * 24 + hour AS stood FROM entry
            WHERE kind = 'sale' AND gross > 0 AND order_id IN (SELECT order_id FROM concerned)
        ) AS lines GROUP BY order_id
    ) AS o
    WHERE entry.order_id = o.order_id AND entry.kind = 'sale' AND entry.gross > 0
"""
REVENUE = "gross - discounts - refunds + adjustments"
ENTRY = Table(
    "entry",
    "entry_id",
    {
        "entry_id": "id", "kind": "text", "source_id": "id", "order_id": "id", "customer_id": "id",
        "product_id": "id", "brand_id": "id", "category_id": "id", "channel_id": "id", "show_id": "id",
        "host_id": "id", "campaign_id": "id", "condition": "text", "country": "text", "number": "text",
        "description": "text", "occurred_at": "moment", "quantity": "int", "units": "int", "gross": "money",
        "discounts": "money", "refunds": "money", "adjustments": "money", "cost": "money", "fees": "money",
        "loss": "money", "days_to_sell": "int", "batch_id": "id",
    },
    (SALES, REFUNDS, ADJUSTMENTS),
    derived={
        "revenue": ("DECIMAL(18, 2)", REVENUE),
        "profit": ("DECIMAL(18, 2)", f"{REVENUE} - cost - fees"),
        "opens_order": ("BOOLEAN", "FALSE"),
        "strays": ("BOOLEAN", "FALSE"),
    },
    local="occurred_at",
    group="order_id",
    settle=OPENING,
)  # fmt: skip

VIEWS = Table(
    "views",
    "view_id",
    {
        "view_id": "id", "product_id": "id", "brand_id": "id", "category_id": "id", "session": "text",
        "viewed_at": "moment",
    },
    (
        Fill(
            "inventory_productview e JOIN inventory_product p ON p.id = e.product_id",
            {
                "view_id": "e.id", "product_id": "e.product_id", "brand_id": "p.brand_id",
                "category_id": "p.category_id", "session": "e.session", "viewed_at": moment("e.viewed_at"),
            },
            (
                Touch("inventory_productview", "e.id", "view_id"),
                Touch("inventory_product", "e.product_id", "product_id"),
            ),
        ),
    ),
    local="viewed_at",
)  # fmt: skip
INTERACTIONS = Table(
    "interactions",
    "interaction_id",
    {
        "interaction_id": "id", "kind": "text", "customer_id": "id", "product_id": "id", "channel_id": "id",
        "campaign_id": "id", "show_id": "id", "brand_id": "id", "category_id": "id", "size": "text",
        "colour": "text", "topic": "text", "outcome": "text", "score": "int", "occurred_at": "moment",
    },
    (
        Fill(
            "sales_interaction e LEFT JOIN inventory_product p ON p.id = e.product_id",
            {
                "interaction_id": "e.id", "kind": "e.kind", "customer_id": "e.customer_id",
                "product_id": "e.product_id", "channel_id": "e.channel_id", "campaign_id": "e.campaign_id",
                "show_id": "e.show_id", "brand_id": "coalesce(e.brand_id, p.brand_id)",
                "category_id": "coalesce(e.category_id, p.category_id)", "size": "e.size", "colour": "e.colour",
                "topic": "e.topic", "outcome": "e.outcome", "score": "e.score",
                "occurred_at": moment("e.occurred_at"),
            },
            (
                Touch("sales_interaction", "e.id", "interaction_id"),
                Touch("inventory_product", "e.product_id", "product_id"),
            ),
        ),
    ),
    local="occurred_at",
)  # fmt: skip
SPEND = Table(
    "spend",
    "spend_id",
    {
        "spend_id": "id", "campaign_id": "id", "date": "day", "amount": "money", "impressions": "int",
        "clicks": "int",
    },
    (
        Fill(
            "sales_campaignspend s",
            {
                "spend_id": "s.id", "campaign_id": "s.campaign_id", "date": text("s.spent_on"),
                "amount": cents("s.amount"), "impressions": "s.impressions", "clicks": "s.clicks",
            },
            (Touch("sales_campaignspend", "s.id", "spend_id"),),
        ),
    ),
)  # fmt: skip
SUBMISSIONS = simple(
    "submissions",
    "inventory_submission",
    {
        "seller_id": ("id", "s.seller_id"),
        "product_id": ("id", "s.product_id"),
        "brand_id": ("id", "s.brand_id"),
        "category_id": ("id", "s.category_id"),
        "condition": ("text", "NULLIF(s.condition, '')"),
        "source": ("text", "s.source"),
        "state": ("text", "s.state"),
        "is_consignment": ("flag", "CAST(s.is_consignment AS INTEGER)"),
        "asking_price": ("money", cents("s.asking_price")),
        "offered_price": ("money", cents("s.offered_price")),
        "submitted_at": ("moment", moment("s.submitted_at")),
        "offered_at": ("moment", moment("s.offered_at")),
        "decided_at": ("moment", moment("s.decided_at")),
        "received_at": ("moment", moment("s.received_at")),
    },
    local_days={
        "submitted_on": "submitted_at",
        "offered_on": "offered_at",
        "decided_on": "decided_at",
        "received_on": "received_at",
    },
)

TABLES: tuple[Table, ...] = (
    BRAND, CATEGORY, CHANNEL, HOST, SHOW, CAMPAIGN, CUSTOMERS, PRODUCTS, ENTRY, VIEWS, INTERACTIONS, SPEND, SUBMISSIONS,
)  # fmt: skip

# Names are joined on asking, so that renaming a brand touches one row.
VIEWS_AND_MACROS = (
    """
    CREATE VIEW sales AS
    SELECT e.*, b.brand, c.category, ch.channel, ch.channel_code, s.show_name, h.host, ca.campaign,
           p.sku, p.title, p.model, cu.customer
    FROM entry e
    LEFT JOIN brand b ON b.brand_id = e.brand_id
    LEFT JOIN category c ON c.category_id = e.category_id
    LEFT JOIN channel ch ON ch.channel_id = e.channel_id
    LEFT JOIN shows s ON s.show_id = e.show_id
    LEFT JOIN host h ON h.host_id = e.host_id
    LEFT JOIN campaign ca ON ca.campaign_id = e.campaign_id
    LEFT JOIN products p ON p.product_id = e.product_id
    LEFT JOIN customers cu ON cu.customer_id = e.customer_id
    """,
    """
    CREATE VIEW pieces AS
    SELECT p.*, b.brand, c.category
    FROM products p
    LEFT JOIN brand b ON b.brand_id = p.brand_id
    LEFT JOIN category c ON c.category_id = p.category_id
    """,
    # Rounded half up in whole numbers: a division of decimals would pass through floating point.
    """
    CREATE MACRO money_per(amount, n) AS
        CASE WHEN n > 0 THEN CAST(
            sign(amount) * ((abs(CAST(amount * 100 AS HUGEINT)) * 2 + n) // (2 * n)) AS DECIMAL(18, 0)
        ) * CAST(0.01 AS DECIMAL(3, 2)) END
    """,
    "CREATE MACRO ratio(a, b) AS CASE WHEN b > 0 THEN CAST(a AS DOUBLE) / CAST(b AS DOUBLE) END",
)


def watched() -> dict[str, set[str]]:
    """Source table → the columns whose change the mart must hear of: all that a filling query reads."""
    found: dict[str, set[str]] = {"intake_batch": {"published_at"}}
    for table in TABLES:
        for fill in table.fills:
            for source, column in fill.reads():
                found.setdefault(source, set()).add(column)
    return {source: columns - {"id"} for source, columns in found.items()}


def definition_hash() -> str:
    """Changes with any change of these declarations: an older snapshot is then no longer ours."""
    return sha256(repr((TABLES, VIEWS_AND_MACROS)).encode()).hexdigest()[:16]
