"""Every address. Programs under /api/, people everywhere else."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views import defaults
from drf_spectacular.views import SpectacularAPIView

from analytics import urls as analytics_urls
from inventory.views_api import Views
from lacelux.access.errors import by_audience
from lacelux.health import Health
from lacelux.root import ApiRoot, Docs, nothing_here
from lacelux.shell import refused, unknown
from reports import urls as report_urls

api_v1: list[URLPattern | URLResolver] = [
    path("", ApiRoot.as_view(), name="api-root"),
    path("", include("customers.urls")),
    path("", include("inventory.urls")),
    path("", include("sales.urls")),
    path("analytics/", include(analytics_urls.api)),
    path("reports/", include(report_urls.api)),
]

urlpatterns = [
    path("admin/intake/", include("lacelux.intake.urls")),  # before the admin, which answers for all below it
    path("reports/", include(report_urls)),
    path("admin/", admin.site.urls),
    # Programs.
    re_path(r"^api/health/?$", Health.as_view(), name="health"),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", Docs.as_view(), name="docs"),
    path("api/v1/", include(api_v1)),
    re_path(r"^api/views/?$", Views.as_view(), name="views"),
    path("api/", include("sales.till")),
    re_path(r"^api/", nothing_here),  # stays the last of /api/
    path("", include(analytics_urls)),
]

handler400 = by_audience(
    defaults.bad_request, code="bad_request", message="The request is not well formed.", status=400
)
handler403 = by_audience(refused, code="permission_denied", message="You may not do this.", status=403)
handler404 = by_audience(unknown, code="not_found", message="There is nothing here.", status=404)
handler500 = by_audience(defaults.server_error, code="server_error", message="A fault of ours.", status=500)
