"""Which piece a marketplace's line means: by SKU, by a remembered name, by the title of exactly one free piece."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import NamedTuple

from inventory.models import Product, ProductAlias

Kind = ProductAlias.Kind


class Named(NamedTuple):
    """What a file calls a piece; either may be empty."""

    sku: str
    title: str


class Found(NamedTuple):
    """A piece, and whether its SKU says so; a title only makes it likely."""

    product: Product
    is_certain: bool


def find_pieces(*, source: str, names: Collection[Named]) -> dict[Named, Found]:
    """The piece of each name that can be told, with the same few queries whatever their number.

    A remembered title of a one-of-one piece that is gone says nothing any more: another piece may be called so now.
    """
    skus = {name.sku for name in names if name.sku}
    titles = {name.title for name in names if name.title}
    by_sku = {product.sku: product for product in Product.objects.filter(sku__in=skus)}
    by_alias = _aliases(source, skus, titles)
    by_title = _only_ones(titles)
    found: dict[Named, Found] = {}
    for name in names:
        if product := by_sku.get(name.sku) or by_alias.get((Kind.SKU, name.sku)):
            found[name] = Found(product, is_certain=True)
        elif product := by_alias.get((Kind.TITLE, name.title)) or by_title.get(name.title):
            found[name] = Found(product, is_certain=False)
    return found


def remember_alias(*, source: str, name: Named, product: Product) -> ProductAlias | None:
    """The next file of this source that calls a piece so means `product`. By SKU where it has one, else by title."""
    kind, value = (Kind.SKU, name.sku) if name.sku else (Kind.TITLE, name.title)
    if not value:
        return None
    alias, _ = ProductAlias.objects.update_or_create(
        source=source, kind=kind, value=value, defaults={"product": product}
    )
    return alias


def _aliases(source: str, skus: set[str], titles: set[str]) -> dict[tuple[str, str], Product]:
    rows = ProductAlias.objects.filter(source=source, value__in=skus | titles).select_related("product")
    return {
        (alias.kind, alias.value): alias.product
        for alias in rows
        if alias.kind == Kind.SKU or not alias.product.is_one_of_one or alias.product.quantity_on_hand > 0
    }


def _only_ones(titles: set[str]) -> dict[str, Product]:
    """Titles that exactly one available piece has."""
    found: dict[str, list[Product]] = defaultdict(list)
    for product in Product.objects.filter(title__in=titles, quantity_available__gt=0):
        found[product.title].append(product)
    return {title: products[0] for title, products in found.items() if len(products) == 1}
