from django.urls import re_path

from sales.calendar_api import OldEvents
from sales.insights_api import CustomerInsightsForTills
from sales.sync.api import SyncCustomers, Syncs, SyncSales

# Tills are written once and rarely mended: the last slash is theirs to leave out.
urlpatterns = [
    re_path(r"^sync/?$", Syncs.as_view(), name="syncs"),
    re_path(r"^sync/customers/?$", SyncCustomers.as_view(), name="sync-customers"),
    re_path(r"^sync/sales/?$", SyncSales.as_view(), name="sync-sales"),
    re_path(r"^calendar/events/?$", OldEvents.as_view(), name="till-events"),
    re_path(r"^customers/(?P<pk>\d{1,18})/insights/?$", CustomerInsightsForTills.as_view(), name="till-insights"),
]
