"""Sales, refunds and cancellations by hand: booked by the services, or refused with nothing booked."""

from collections.abc import Callable
from decimal import Decimal

from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from pieces import channel, fee_rule, piece

from customers.models import Customer
from inventory.models import Product
from sales.models import Order, Refund
from sales.services import SaleLine, record_sale

ClientAs = Callable[[User], Client]
ADD = "admin:sales_order_add"


def sale(product: Product, **more: str) -> dict[str, str]:
    return {
        "channel": str(channel().pk),
        "ordered_at_0": "2026-03-02",
        "ordered_at_1": "15:00",
        "state": "paid",
        "shipping_charged": "0",
        "tax": "0",
        "lines-TOTAL_FORMS": "1",
        "lines-INITIAL_FORMS": "0",
        "lines-0-product": str(product.pk),
        "lines-0-quantity": "1",
        "lines-0-unit_price": "500",
        "lines-0-discount": "20",
        **more,
    }


def url(act: str, order: Order) -> str:
    return reverse(f"admin:sales_order_{act}", args=[order.pk])


def sold(product: Product) -> Order:
    return record_sale(channel=channel(), lines=[SaleLine(product=product, unit_price=Decimal("500"))])


def test_a_sale_by_hand_is_booked_whole(owner: User, client_as: ClientAs) -> None:
    speedy, anna = piece("LV-1", cost="300.00"), Customer.objects.create(name="Anna", country="France")
    fee_rule(channel(), "0.1")
    answer = client_as(owner).post(reverse(ADD), sale(speedy, customer=str(anna.pk), order_discount="30"))
    assert answer.status_code == 302, answer.context["errors"]
    order, line = Order.objects.get(), Order.objects.get().lines.get()
    assert (order.customer, order.country, order.source, order.actor) == (anna, "France", "till", owner)
    # 500 − 20 − 30 = 450; a tenth of it is fees
    assert (line.gross, line.discount, line.cost, line.fees) == (
        Decimal("500.00"), Decimal("50.00"), Decimal("300.00"), Decimal("45.00"),
    )  # fmt: skip
    speedy.refresh_from_db()
    assert (speedy.status, speedy.days_to_sell) == ("sold", 29)


def test_what_is_sold_is_not_sold_again(owner: User, client_as: ClientAs) -> None:
    speedy = piece("LV-1")
    sold(speedy)
    answer = client_as(owner).post(reverse(ADD), sale(speedy))
    assert answer.status_code == 200
    assert "1 wanted, 0 available" in answer.content.decode()
    assert Order.objects.count() == 1


def test_another_currency_needs_its_rate(owner: User, client_as: ClientAs) -> None:
    client, speedy = client_as(owner), piece("LV-1")
    assert "EUR needs a rate" in client.post(reverse(ADD), sale(speedy, currency="EUR")).content.decode()
    assert client.post(reverse(ADD), sale(speedy, currency="EUR", rate="1.1")).status_code == 302
    assert Order.objects.get().lines.get().gross == Decimal("550.00")


def test_money_of_an_order_is_never_edited(owner: User, client_as: ClientAs) -> None:
    order = sold(piece("LV-1"))
    data = {"state": "shipped", "note": "fragile", "shipping_charged": "99", "currency": "EUR", "number": "X"}
    answer = client_as(owner).post(reverse("admin:sales_order_change", args=[order.pk]), {**data, **NO_LINES})
    assert answer.status_code == 302, answer.context["errors"]
    after = Order.objects.get()
    assert (after.state, after.note) == ("shipped", "fragile")
    assert (after.shipping_charged, after.currency, after.number) == (0, "USD", order.number)


NO_LINES = {f"{name}-{count}_FORMS": "0" for name in ("lines", "refunds") for count in ("TOTAL", "INITIAL")}


def test_a_manager_refunds_and_the_piece_comes_back(manager: User, client_as: ClientAs) -> None:
    speedy = piece("LV-1")
    order = sold(speedy)
    client, line = client_as(manager), order.lines.get()
    page = client.get(url("refund", order)).content.decode()
    assert "LV-1" in page
    answers = {f"quantity_{line.pk}": "1", f"restock_{line.pk}": "on", "reason": "changed her mind"}
    assert client.post(url("refund", order), answers).status_code == 302
    refund = Refund.objects.get()
    assert (refund.amount, refund.state, refund.approved_by) == (Decimal("500.00"), "approved", manager)
    speedy.refresh_from_db()
    assert (speedy.status, speedy.quantity_on_hand) == ("active", 1)


def test_no_more_is_refunded_than_was_paid(manager: User, client_as: ClientAs) -> None:
    order = sold(piece("LV-1"))
    answer = client_as(manager).post(url("refund", order), {"goodwill": "500.01"})
    assert answer.status_code == 200
    assert "more than the 500.00 left" in answer.content.decode()
    assert not Refund.objects.exists()


def test_staff_ask_and_a_manager_decides(staff: User, manager: User, client_as: ClientAs) -> None:
    order = sold(piece("LV-1"))
    assert client_as(staff).post(url("refund", order), {"goodwill": "50"}).status_code == 302
    refund = Refund.objects.get()
    assert (refund.state, refund.asked_by) == ("asked", staff)
    approve = reverse("admin:sales_refund_approve", args=[refund.pk])
    assert client_as(staff).post(approve).status_code == 403
    assert client_as(manager).post(approve).status_code == 302
    refund.refresh_from_db()
    assert (refund.state, refund.approved_by) == ("approved", manager)


def test_a_request_is_declined_with_its_reason(staff: User, manager: User, client_as: ClientAs) -> None:
    order = sold(piece("LV-1"))
    client_as(staff).post(url("refund", order), {"goodwill": "50"})
    refund = Refund.objects.get()
    client_as(manager).post(reverse("admin:sales_refund_decline", args=[refund.pk]), {"reason": "worn"})
    refund.refresh_from_db()
    assert (refund.state, refund.reason) == ("declined", "worn")


def test_cancelling_asks_first_and_puts_the_piece_back(manager: User, staff: User, client_as: ClientAs) -> None:
    speedy = piece("LV-1")
    order = sold(speedy)
    assert client_as(staff).post(url("cancel", order)).status_code == 403
    client = client_as(manager)
    assert "cannot be undone" in client.get(url("cancel", order)).content.decode()
    assert Order.objects.get().state == "paid"
    assert client.post(url("cancel", order), {"reason": "twice"}).status_code == 302
    speedy.refresh_from_db()
    assert (Order.objects.get().state, speedy.status) == ("cancelled", "active")


def test_orders_and_refunds_are_never_deleted(owner: User, client_as: ClientAs) -> None:
    order = sold(piece("LV-1"))
    assert (
        client_as(owner).post(reverse("admin:sales_order_delete", args=[order.pk]), {"post": "yes"}).status_code == 403
    )
