"""Buyers, the names they go by on each platform, and tags."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower
from simple_history.models import HistoricalRecords

from lacelux.intake.models import Imported, PublishedManager


class Tag(models.Model):
    """A purpose or trait given to people by hand or by rule."""

    name = models.CharField(max_length=60, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Customer(Imported):
    """One person who buys, enquires or watches, whatever the number of platforms they do it on."""

    class Contact(models.TextChoices):
        EMAIL = "email", "E-mail"
        INSTAGRAM = "instagram", "Instagram"
        SNAPCHAT = "snapchat", "Snapchat"
        WHATSAPP = "whatsapp", "WhatsApp"
        PHONE = "phone", "Phone"
        WHATNOT = "whatnot", "Whatnot"

    name = models.CharField(max_length=160)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    address = models.CharField(max_length=255, blank=True)
    city = models.CharField(max_length=80, blank=True)
    region = models.CharField(max_length=80, blank=True)
    postcode = models.CharField(max_length=20, blank=True)
    country = models.CharField(max_length=60, blank=True)
    contact_preference = models.CharField(max_length=12, choices=Contact, blank=True)
    consented_to_mail_at = models.DateTimeField("consented to mail", null=True, blank=True)
    notes = models.TextField(blank=True)
    tags = models.ManyToManyField(Tag, blank=True, related_name="customers")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PublishedManager["Customer"]()
    staged = models.Manager["Customer"]()
    history = HistoricalRecords()

    class Meta:
        ordering = ["name", "id"]
        indexes = [models.Index(Lower("email"), name="customers_email_lower")]

    def __str__(self) -> str:
        return self.name


class Handle(Imported):
    """What a customer is called on one platform: a user name, or a number in another system's books."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="handles")
    platform = models.CharField(max_length=40)
    value = models.CharField(max_length=120)

    objects = PublishedManager["Handle"]()
    staged = models.Manager["Handle"]()

    class Meta:
        ordering = ["platform", "value"]
        constraints = [
            models.UniqueConstraint("platform", Lower("value"), name="customers_handle_once_per_platform"),
        ]

    def __str__(self) -> str:
        return f"{self.value} ({self.platform})"
