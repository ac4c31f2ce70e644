"""Customers as programs see them: masked for those who may not see personal data."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from customers.models import Customer, Handle
from customers.privacy import masked_email, masked_phone
from lacelux.access.records import Withholding

SEE = "access.view_personal"


class HandleSerializer(serializers.ModelSerializer[Handle]):
    class Meta:
        model = Handle
        fields = ("platform", "value")
        read_only_fields = fields


class CustomerSerializer(Withholding, serializers.ModelSerializer[Customer]):
    email = serializers.CharField(read_only=True, help_text="Masked unless the caller may see personal data.")
    phone = serializers.CharField(read_only=True, help_text="Masked unless the caller may see personal data.")
    handles = HandleSerializer(many=True, read_only=True)
    tags: serializers.SlugRelatedField[Any] = serializers.SlugRelatedField(slug_field="name", many=True, read_only=True)

    withheld = {"address": SEE, "postcode": SEE, "region": SEE, "notes": SEE, "consented_to_mail_at": SEE}

    class Meta:
        model = Customer
        fields = (
            "id",
            "name",
            "email",
            "phone",
            "handles",
            "tags",
            "city",
            "country",
            "contact_preference",
            "created_at",
            *("address", "postcode", "region", "notes", "consented_to_mail_at"),
        )
        read_only_fields = fields

    def to_representation(self, instance: Customer) -> dict[str, Any]:
        data = super().to_representation(instance)
        if not self.may(SEE):
            data |= {"email": masked_email(instance.email), "phone": masked_phone(instance.phone)}
        return data
