"""API keys, idempotency records, and the permissions that belong to no single model."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Permissions(models.Model):
    """Holds the permissions of the whole shop; has no table."""

    class Meta:
        managed = False
        default_permissions = ()
        permissions = [
            ("view_figures", "Can see pages and figures"),
            ("view_cost", "Can see what pieces cost"),
            ("view_margin", "Can see profit and margin"),
            ("view_payouts", "Can see payouts"),
            ("view_personal", "Can see personal data of customers"),
            ("stage_intake", "Can upload files for import"),
            ("publish_intake", "Can publish imports"),
            ("export", "Can download figures and records"),
            ("record_sale", "Can record sales"),
            ("ask_refund", "Can ask for a refund"),
            ("approve_refund", "Can approve refunds"),
        ]

    def __str__(self) -> str:
        return "Permissions"


class ApiKey(models.Model):
    """A program's key. Only its SHA-256 is kept: the value is 256 random bits, so no slow hash is needed."""

    name = models.CharField(max_length=80, unique=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="api_key", help_text="Acts with this user's role."
    )
    prefix = models.CharField(max_length=8, help_text="The first characters, to recognise a key by.")
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "API key"
        ordering = ["name"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class IdempotencyRecord(models.Model):
    """The answer once given to a caller's key on a path; commits together with what it answered for."""

    caller = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    path = models.CharField(max_length=200)
    key = models.CharField(max_length=255)
    body_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    response = models.TextField(help_text="As it was sent, to the byte.")
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["caller", "path", "key"], name="access_idempotency_once"),
        ]

    def __str__(self) -> str:
        return f"{self.path} {self.key}"
