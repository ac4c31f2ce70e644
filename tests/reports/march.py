"""A report about the boutique's March, and how its mails stand."""

from lacelux.outbox.models import Delivery
from reports.outlines import Outline, SectionOutline

MARCH = Outline(
    title="The month",
    slug="the-month",
    description="What March brought.",
    period="2026-03-01/2026-03-31",
    sections=(
        SectionOutline(analysis="overview/kpis", heading="At a glance"),
        SectionOutline(analysis="brands/performance", heading="Brands", text="Who earns."),
        SectionOutline(analysis="customers/top", heading="Customers"),
        SectionOutline(analysis="inventory/aging", heading="Stock"),
    ),
)


def states() -> dict[str, str]:
    """How each delivery stands, by address."""
    return dict(Delivery.objects.values_list("address", "state"))
