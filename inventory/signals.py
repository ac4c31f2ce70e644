"""What the stock tells the apps above it, which it does not know."""

from django.dispatch import Signal

# A part of a piece's landed cost was added: `product` (locked in this transaction) and the `amount` per piece.
cost_added = Signal()
