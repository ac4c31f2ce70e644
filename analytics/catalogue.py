"""Every question there is. One line each; the slug is its address on pages and in the API."""

from __future__ import annotations

from analytics.analyses import brands
from analytics.base import Analysis

ANALYSES: dict[str, Analysis] = {analysis.slug: analysis for analysis in (brands.BrandPerformance(),)}
