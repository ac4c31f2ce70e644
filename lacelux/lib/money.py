"""Money is Decimal. A line total is rounded once, half up, to the cent; unit prices keep four decimals."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
ZERO = Decimal("0.00")


class MissingRate(ValueError):
    """An amount in another currency came without its rate to the shop's currency."""


def cents(amount: Decimal) -> Decimal:
    """`amount` rounded half up to the cent (away from zero on a tie, for negative amounts too)."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def line_total(*, quantity: int, unit_price: Decimal, rate: Decimal = Decimal(1)) -> Decimal:
    """Quantity × unit price, rounded once in its own currency, then converted and rounded once more."""
    own = cents(quantity * unit_price)
    return own if rate == 1 else cents(own * rate)


def rate_to_shop(*, currency: str, rate: Decimal | None, shop_currency: str) -> Decimal:
    """The rate that turns `currency` into the shop's; 1 for the shop's own.

    Raises MissingRate where another currency comes without a positive rate.
    """
    if currency == shop_currency:
        return Decimal(1)
    if rate is None or rate <= 0:
        raise MissingRate(f"{currency} needs a rate to {shop_currency}: adding currencies without one is an error.")
    return rate


def spread(amount: Decimal, weights: Sequence[Decimal | int]) -> list[Decimal]:
    """`amount` (whole cents) shared out by `weights`, adding up exactly.

    Each share is cut down to the cent; the cents left over go to the largest remainders, the earlier line first
    on a tie (Hamilton's method). Equal weights are taken where all are zero.
    """
    if not weights:
        raise ValueError("There is nothing to spread the amount over.")
    total = sum(weights, Decimal(0))
    parts = [Decimal(w) for w in weights] if total else [Decimal(1)] * len(weights)
    total = sum(parts, Decimal(0))
    sign = -1 if amount < 0 else 1
    whole = int(abs(amount) / CENT)
    exact = [whole * part / total for part in parts]
    shares = [int(share) for share in exact]
    by_remainder = sorted(range(len(parts)), key=lambda i: (shares[i] - exact[i], i))
    for i in by_remainder[: whole - sum(shares)]:
        shares[i] += 1
    return [sign * share * CENT for share in shares]
