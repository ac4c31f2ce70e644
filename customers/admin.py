"""People in the admin. Who may not see personal data sees it masked; showing it once is logged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.db.models import Count, Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from simple_history.admin import SimpleHistoryAdmin
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RelatedDropdownFilter
from unfold.decorators import action, display

from customers.models import Customer, Handle, Seller, Tag
from customers.privacy import masked_email, masked_phone
from lacelux.shell import person, shell_context
from lacelux.shell.acts import act, address_of
from lacelux.shell.figures import figure, percent, whole
from lacelux.shell.filters import DayRangeFilter
from lacelux.shell.records import History, Lines, RecordAdmin

SEE = "access.view_personal"
MASKED = {"email": "email_masked", "phone": "phone_masked"}


class Masking:
    """Shows `email` and `phone` masked in lists and on the forms of existing people."""

    def masked(self, request: HttpRequest, entries: list[Any]) -> list[Any]:
        if request.user.has_perm(SEE):
            return entries
        return [MASKED.get(entry, entry) if isinstance(entry, str) else entry for entry in entries]

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        return self.masked(request, super().get_list_display(request))  # type: ignore[misc]

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        return [*super().get_readonly_fields(request, obj), *MASKED.values()]  # type: ignore[misc]

    def kept(self, request: HttpRequest, line: Any) -> Any:
        if request.user.has_perm(SEE) or getattr(request, "is_adding", False):
            return line
        shown = super().kept(request, line)  # type: ignore[misc]
        return tuple(self.masked(request, list(shown))) if isinstance(shown, tuple) else shown

    def get_fieldsets(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        """Whoever writes a new person down knows the address anyway."""
        request.is_adding = obj is None  # type: ignore[attr-defined]
        return list(super().get_fieldsets(request, obj))  # type: ignore[misc]

    def get_search_fields(self, request: HttpRequest) -> tuple[str, ...]:
        """A part of an address must not lead to its owner: exact ones only, for those who may not see it."""
        exactly = "" if request.user.has_perm(SEE) else "="
        return (*super().get_search_fields(request), f"{exactly}email", f"{exactly}phone")  # type: ignore[misc]

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        if lookup.split("__")[0] in MASKED and not request.user.has_perm(SEE):
            return False
        return bool(super().lookup_allowed(lookup, value, request))  # type: ignore[misc]

    @display(description="E-mail")
    def email_masked(self, someone: Customer | Seller) -> str:
        return masked_email(someone.email)

    @display(description="Phone")
    def phone_masked(self, someone: Customer | Seller) -> str:
        return masked_phone(someone.phone)


class HandleLines(Lines):
    model = Handle
    fields = ("platform", "value")
    verbose_name_plural = "Names on platforms"


@admin.register(Customer)
class CustomerAdmin(Masking, History, SimpleHistoryAdmin, RecordAdmin):
    list_display = ("name", "email", "phone", "city", "country", "contact_preference", "created_at")
    list_filter = (
        ("contact_preference", ChoicesDropdownFilter),
        ("tags", RelatedDropdownFilter),
        ("consented_to_mail_at", admin.EmptyFieldListFilter),
        ("created_at", DayRangeFilter),
    )
    search_fields = ("name", "handles__value")
    search_help_text = "Name, handle, e-mail or phone"
    autocomplete_fields = ("tags",)
    inlines: tuple[type[Lines], ...] = (HandleLines,)
    withheld = {SEE: ("address", "postcode", "region", "notes", "consented_to_mail_at")}
    actions_detail = ("reveal",)
    fieldsets = (
        ("Person", {"fields": ("name", ("email", "phone"), "contact_preference", "consented_to_mail_at", "tags")}),
        ("Address", {"fields": ("address", ("city", "region"), ("postcode", "country"))}),
        ("Notes", {"fields": ("notes",)}),
    )

    @action(description="Show personal data…", icon="visibility", url_path="reveal", permissions=["change"])
    def reveal(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def do(customer: Customer, answers: Mapping[str, Any]) -> HttpResponse:
            self.log_change(request, customer, f"Personal data shown to {person(request).get_username()}.")
            context = shell_context(
                request, title=customer.name, customer=customer, back=address_of(self, customer), opts=self.opts
            )
            return TemplateResponse(request, "personal.html", context)

        intro = "E-mail, phone and address are shown to you once. That you looked is written down."
        return act(self, request, object_id, title="Show personal data", intro=intro, button="Show", do=do)

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[Any]:
        """Nothing to reveal to those who see it anyway."""
        return [] if request.user.has_perm(SEE) else list(super().get_actions_detail(request, object_id))


@admin.register(Seller)
class SellerAdmin(Masking, History, SimpleHistoryAdmin, RecordAdmin):
    list_display = (
        "name",
        "email",
        "phone",
        "instagram",
        figure("consignor_share", "Share", percent),
        "created_at",
    )
    list_filter = (("created_at", DayRangeFilter),)
    search_fields = ("name", "instagram")
    search_help_text = "Name, Instagram, e-mail or phone"
    withheld = {SEE: ("instagram", "notes"), "access.view_cost": ("consignor_share",)}
    fieldsets = (("Person", {"fields": ("name", ("email", "phone"), ("instagram", "consignor_share"), "notes")}),)


@admin.register(Tag)
class TagAdmin(RecordAdmin):
    list_display = ("name", figure("people", "People", whole))
    search_fields = ("name",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Tag]:
        queryset: QuerySet[Tag] = super().get_queryset(request).annotate(people=Count("customers"))
        return queryset
