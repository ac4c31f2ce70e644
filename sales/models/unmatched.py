"""Imported lines of which nobody knows yet which piece they sold."""

from __future__ import annotations

from django.db import models

from sales.models.order import OrderLine


class UnmatchedLine(models.Model):
    """What a file calls the piece of a line that is booked without one; gone once a person has said which it is."""

    line = models.OneToOneField(OrderLine, models.CASCADE, related_name="unmatched")
    source = models.CharField(max_length=40)
    sku = models.CharField("SKU in the file", max_length=60, blank=True)
    title = models.CharField(max_length=200, blank=True)
    listed_at = models.DateTimeField(null=True, blank=True, help_text="When the marketplace had it listed.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "line without a piece"
        verbose_name_plural = "lines without a piece"
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.title or self.sku or str(self.line)
