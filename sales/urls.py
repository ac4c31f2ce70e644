from django.urls import path, re_path
from rest_framework.routers import SimpleRouter

from sales.api import Channels, Orders, Refunds, Sales
from sales.calendar_api import CalendarEvents
from sales.insights_api import CustomerInsights
from sales.interactions_api import Interactions
from sales.marketing_api import Campaigns, Shows

router = SimpleRouter()
router.register("channels", Channels, basename="channel")
router.register("shows", Shows, basename="show")
router.register("orders", Orders, basename="order")
router.register("refunds", Refunds, basename="refund")
router.register("interactions", Interactions, basename="interaction")
router.register("campaigns", Campaigns, basename="campaign")
router.register("calendar-events", CalendarEvents, basename="calendar-event")

urlpatterns = [
    path("sales/", Sales.as_view(), name="sale-list"),
    re_path(r"^customers/(?P<pk>\d{1,18})/insights/$", CustomerInsights.as_view(), name="customer-insights"),
    *router.urls,
]
