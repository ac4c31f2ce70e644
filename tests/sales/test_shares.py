"""How an amount of a whole order is shared out over its lines, for any amount and any lines."""

from decimal import Decimal as D

from hypothesis import assume, given
from hypothesis import strategies as some

from lacelux.lib.money import spread
from sales.services.shares import spread_within

cents = some.integers(0, 100_000).map(lambda n: D(n) / 100)
lines = some.lists(some.tuples(cents, cents), min_size=1, max_size=8)  # weight and limit of each


@given(amount=cents, lines=lines)
def test_shares_add_up_and_none_is_beyond_its_limit(amount, lines):
    weights, limits = [weight for weight, _ in lines], [limit for _, limit in lines]
    assume(amount <= sum(limits))
    shares = spread_within(amount, weights, limits)
    assert sum(shares) == amount
    assert all(0 <= share <= limit for share, limit in zip(shares, limits, strict=True))


@given(amount=cents, weights=some.lists(cents, min_size=1, max_size=8))
def test_limits_that_bind_nothing_change_nothing(amount, weights):
    assert spread_within(amount, weights, [amount + 1] * len(weights)) == spread(amount, weights)
