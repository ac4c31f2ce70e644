"""Reports as people write them: a form for the whole report, one for each section, and saving both at once."""

from reports.builder.drafts import Draft
from reports.builder.offers import Offers, offering, period_words

__all__ = ["Draft", "Offers", "offering", "period_words"]
