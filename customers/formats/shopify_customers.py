"""Shopify's export of customers, one row per person.

Sourced (a header of a public export): the columns; `'02139`.
Assumed: `Accepts Email Marketing` is yes or no; tags are separated by commas; a person is known by their e-mail
address, or by their phone number where they have none; what is filled in here stands, and only what is empty is taken
from the file; someone who accepts mails and did not before has consented on the day of the import, for the file does
not say when; who does not accept them any more has withdrawn it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models.functions import Lower

from customers.models import Customer, Tag
from lacelux.intake import values
from lacelux.intake.formats import Column, Comparison, Format, Importer, Located
from lacelux.intake.models import Batch
from lacelux.intake.refusals import Refused

FILLED = ("name", "email", "phone", "address", "city", "region", "postcode", "country")


@dataclass(frozen=True, slots=True)
class Person:
    """What a row says of someone. `accepts` None: it does not say."""

    name: str
    email: str
    phone: str
    address: str
    city: str
    region: str
    postcode: str
    country: str
    accepts: bool | None
    tags: frozenset[str]

    @property
    def key(self) -> str:
        return self.email.casefold() or self.phone


class ShopifyCustomers(Format):
    name = "shopify-customers"
    title = "Shopify customers"
    source = "shopify"
    most_rows = 5_000
    columns = (
        Column("First Name"),
        Column("Last Name"),
        Column("Email"),
        Column("Accepts Email Marketing", also=("Accepts Marketing",)),
        Column("Address1"),
        Column("Address2", required=False),
        Column("City", required=False),
        Column("Province", required=False),
        Column("Country", required=False),
        Column("Zip", required=False),
        Column("Phone", required=False),
        Column("Tags", required=False),
    )

    def importer(self, *, options: Mapping[str, str], now: datetime) -> ShopifyCustomersImporter:
        return ShopifyCustomersImporter(options=options, now=now)


class ShopifyCustomersImporter(Importer[Person]):
    def __init__(self, *, options: Mapping[str, str], now: datetime) -> None:
        super().__init__(options=options, now=now)
        self._earlier: dict[str, Person] = {}
        self._there: dict[str, Customer] = {}

    def parse(self, cells: Sequence[str]) -> Person:
        first, last, email, accepts, address, more, city, region, country, postcode, phone, tags = cells
        email = _email(email)
        phone = values.text(phone.strip().lstrip("'"), column="Phone", longest=40)
        if not email and not phone:
            raise Refused("Neither an e-mail address nor a phone number: nobody to know again.", column="Email")
        lines = filter(None, (address.strip(), more.strip()))
        return Person(
            name=values.text(f"{first.strip()} {last.strip()}".strip() or email or phone, column="Name", longest=160),
            email=email,
            phone=phone,
            address=values.text(", ".join(lines), column="Address1", longest=255),
            city=values.text(city, column="City", longest=80),
            region=values.text(region, column="Province", longest=80),
            postcode=values.text(postcode.strip().lstrip("'"), column="Zip", longest=20),
            country=values.text(country, column="Country", longest=60),
            accepts=_yes_or_no(accepts),
            tags=_tags(tags),
        )

    def compare(self, rows: Sequence[Located[Person]]) -> Comparison[Person]:
        found: Comparison[Person] = Comparison()
        self._look_up([row.content for row in rows])
        for row in rows:
            person = row.content
            if person.key in self._earlier:
                self._compare_twice(row, found)
            elif (customer := self._there.get(person.key)) is None:
                found.new.append(row)
            elif self._news(person, customer):
                found.changed.append(row)
            else:
                found.known += 1
            self._earlier.setdefault(person.key, person)
        return found

    def _look_up(self, people: Sequence[Person]) -> None:
        """The customers behind the rows; of several with one address the first is meant."""
        emails = {person.email.casefold() for person in people if person.email}
        phones = {person.phone for person in people if not person.email}
        by_email = Customer.staged.alias(key=Lower("email")).filter(key__in=emails)
        by_phone = Customer.staged.filter(phone__in=phones)
        for customer in by_email.prefetch_related("tags").order_by("-id"):
            self._there[customer.email.casefold()] = customer
        for other in by_phone.prefetch_related("tags").order_by("-id"):
            self._there[other.phone] = other

    def _compare_twice(self, row: Located[Person], found: Comparison[Person]) -> None:
        if row.content == self._earlier[row.content.key]:
            found.known += 1
        else:
            reason = "This person stands in the files twice, and not the same."
            found.conflict(row, Refused(reason, column="Email", value=row.content.key))

    def _news(self, person: Person, customer: Customer) -> dict[str, object]:
        """What the file tells beyond what we know: fields, and the tags that are missing here."""
        news: dict[str, object] = {
            name: getattr(person, name) for name in FILLED if getattr(person, name) and not getattr(customer, name)
        }
        if person.accepts is True and customer.consented_to_mail_at is None:
            news["consented_to_mail_at"] = self.now
        elif person.accepts is False and customer.consented_to_mail_at is not None:
            news["consented_to_mail_at"] = None
        if missing := person.tags - {tag.name for tag in customer.tags.all()}:
            news["tags"] = missing
        return news

    def write(
        self, found: Comparison[Person], *, batch: Batch, actor: User | None
    ) -> list[tuple[Located[Person], Refused]]:
        for row in found.new:
            self._make(row.content, batch, actor)
        for row in found.changed:
            customer = self._there[row.content.key]
            self._change(customer, self._news(row.content, customer), actor)
        return []

    def _make(self, person: Person, batch: Batch, actor: User | None) -> None:
        customer = Customer(**{name: getattr(person, name) for name in FILLED}, batch=batch)
        customer.consented_to_mail_at = self.now if person.accepts else None
        customer.contact_preference = Customer.Contact.EMAIL if person.email else Customer.Contact.PHONE
        customer._history_user = actor  # type: ignore[attr-defined]
        customer.save()
        customer.tags.set(_named(person.tags))

    def _change(self, customer: Customer, news: dict[str, object], actor: User | None) -> None:
        tags = news.pop("tags", ())
        for name, value in news.items():
            setattr(customer, name, value)
        if news:
            customer._history_user = actor  # type: ignore[attr-defined]
            customer.save(update_fields=list(news))
        if isinstance(tags, frozenset):
            customer.tags.add(*_named(tags))


def _email(value: str) -> str:
    email = values.text(value, column="Email", longest=254)
    try:
        if email:
            validate_email(email)
    except ValidationError:
        raise Refused("Not an e-mail address.", column="Email", value=value) from None
    return email


def _yes_or_no(value: str) -> bool | None:
    answers = {"": None, "yes": True, "true": True, "no": False, "false": False}
    if (answer := value.strip().casefold()) not in answers:
        raise Refused("Neither yes nor no.", column="Accepts Email Marketing", value=value)
    return answers[answer]


def _tags(value: str) -> frozenset[str]:
    names = (name.strip() for name in re.split(r"[,;]", value))
    return frozenset(values.text(name, column="Tags", longest=60) for name in names if name)


def _named(names: frozenset[str]) -> list[Tag]:
    return [Tag.objects.get_or_create(name=name)[0] for name in sorted(names)]
