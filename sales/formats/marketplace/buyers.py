"""Who bought: by their name on the marketplace, their e-mail address, or name and postcode."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models.functions import Lower

from customers.models import Customer, Handle
from lacelux.intake.models import Batch
from sales.formats.marketplace.orders import Buyer


class Buyers:
    """The customers behind the buyers of one source; those we do not know yet are made."""

    def __init__(self, source: str) -> None:
        self.source = source
        self._by_handle: dict[str, Customer] = {}
        self._by_email: dict[str, Customer | None] = {}  # None: an address that several people have
        self._by_name: dict[tuple[str, str], Customer | None] = {}

    def look_up(self, buyers: Collection[Buyer]) -> None:
        """Learn those we know, with the same few queries whatever their number."""
        handles = {buyer.handle.casefold() for buyer in buyers if buyer.handle}
        rows = Handle.staged.alias(key=Lower("value")).filter(platform=self.source, key__in=handles)
        for handle in rows.select_related("customer"):
            self._by_handle[handle.value.casefold()] = handle.customer
        emails = {buyer.email.casefold() for buyer in buyers if buyer.email}
        for owner in Customer.staged.alias(key=Lower("email")).filter(key__in=emails):
            key = owner.email.casefold()
            self._by_email[key] = None if self._by_email.get(key, owner) != owner else owner
        names = {buyer.name for buyer in buyers if buyer.name and not buyer.handle and not buyer.email}
        for person in Customer.staged.filter(name__in=names):
            name = (person.name.casefold(), person.postcode)
            self._by_name[name] = None if self._by_name.get(name, person) != person else person

    def customer(self, buyer: Buyer, batch: Batch) -> Customer | None:
        """The customer, made where nobody fits; None for a buyer of whom nothing is told."""
        if not buyer.is_known:
            return None
        person = self._known(buyer) or self._made(buyer, batch)
        if buyer.handle and buyer.handle.casefold() not in self._by_handle:
            Handle.staged.create(customer=person, platform=self.source, value=buyer.handle, batch=batch)
            self._by_handle[buyer.handle.casefold()] = person
        return person

    def _known(self, buyer: Buyer) -> Customer | None:
        if buyer.handle and (person := self._by_handle.get(buyer.handle.casefold())):
            return person
        if buyer.email:
            return self._by_email.get(buyer.email.casefold())
        return None if buyer.handle else self._by_name.get((buyer.name.casefold(), buyer.postcode))

    def _made(self, buyer: Buyer, batch: Batch) -> Customer:
        person = Customer.staged.create(
            name=buyer.name or buyer.handle or buyer.email,
            email=buyer.email,
            phone=buyer.phone,
            address=buyer.address,
            city=buyer.city,
            region=buyer.region,
            postcode=buyer.postcode,
            country=buyer.country,
            contact_preference=Customer.Contact.EMAIL if buyer.email else "",
            batch=batch,
        )
        if buyer.email:
            self._by_email[buyer.email.casefold()] = person
        elif not buyer.handle:
            self._by_name[buyer.name.casefold(), buyer.postcode] = person
        return person
