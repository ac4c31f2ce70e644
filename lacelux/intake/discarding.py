"""Taking back what an unpublished batch wrote, whatever models it wrote to."""

from __future__ import annotations

from collections.abc import Callable
from graphlib import TopologicalSorter

from django.apps import apps
from django.db import models, transaction
from django.db.models import Exists, OuterRef

from lacelux.intake.models import Batch, Imported

CHUNK = 5_000


def delete_rows(batch: Batch, beat: Callable[[], None]) -> None:
    """Delete the batch's rows in short transactions, lines before their orders; `beat` is called after each.

    A row that somebody else has come to use stays, and belongs to no batch from then on.
    """
    for model in _children_first():
        rows = model._base_manager.filter(batch=batch).order_by()
        while ids := list(_unused(rows, model).values_list("pk", flat=True)[:CHUNK]):
            with transaction.atomic():
                # Without signals and history: for every reader these rows never were.
                doomed = model._base_manager.filter(pk__in=ids)
                doomed._raw_delete(doomed.db)
            beat()
        rows.update(batch=None)


def _unused(rows: models.QuerySet[Imported], model: type[Imported]) -> models.QuerySet[Imported]:
    for relation in model._meta.related_objects:
        if relation.field.concrete and getattr(relation.field, "db_constraint", False):
            users = relation.related_model._base_manager.filter(**{relation.field.name: OuterRef("pk")})
            rows = rows.exclude(Exists(users))
    return rows


def _children_first() -> list[type[Imported]]:
    """Every model an import may write, each before those it points to."""
    written = [model for model in apps.get_models() if issubclass(model, Imported)]
    order: TopologicalSorter[type[Imported]] = TopologicalSorter()
    for model in written:
        order.add(model)
        for field in model._meta.concrete_fields:
            if field.related_model in written and field.related_model is not model:
                order.add(field.related_model, model)
    return list(order.static_order())
