"""Pages of pieces and customers with what sales know of them.

The apps below know nothing of sales; so their admins are registered anew here, with more on them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from unfold.decorators import action

from customers.admin import CustomerAdmin
from customers.models import Customer
from inventory.admin.products import ProductAdmin
from inventory.models import Product
from lacelux.shell import person
from lacelux.shell.acts import act
from sales import services
from sales.admin.forms import WriteOffForm
from sales.admin.lines import OrdersOf, SoldLines

admin.site.unregister((Customer, Product))


@admin.register(Customer)
class CustomerWithOrders(CustomerAdmin):
    inlines = (*CustomerAdmin.inlines, OrdersOf)


@admin.register(Product)
class ProductWithSales(ProductAdmin):
    inlines = (*ProductAdmin.inlines, SoldLines)
    actions_detail = (
        {"title": "Stock", "icon": "inventory_2", "items": ["receive", "adjust", "write_off"]},
        *ProductAdmin.actions_detail[1:],
    )

    @action(
        description="Write off…", icon="heart_broken", url_path="write-off", permissions=["inventory.add_stockmovement"]
    )
    def write_off(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def do(piece: Product, answers: Mapping[str, Any]) -> str:
            services.write_off_piece(product=piece, **answers, actor=person(request))
            return f"{answers['quantity']} written off; the cost is booked as a loss."

        return act(
            self,
            request,
            object_id,
            title="Write off",
            intro="For pieces that are lost or broken. They leave the stock, and what they cost becomes a loss.",
            button="Write off",
            form=WriteOffForm,
            do=do,
            refusals=(services.InvalidSale, services.ImpossibleMovement),
            is_grave=True,
        )
