from django.urls import path
from rest_framework.routers import SimpleRouter

from sales.api import Channels, Orders, Refunds, Sales, Shows

router = SimpleRouter()
router.register("channels", Channels, basename="channel")
router.register("shows", Shows, basename="show")
router.register("orders", Orders, basename="order")
router.register("refunds", Refunds, basename="refund")

urlpatterns = [path("sales/", Sales.as_view(), name="sale-list"), *router.urls]
