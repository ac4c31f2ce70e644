from rest_framework.routers import SimpleRouter

from customers.api import Customers

router = SimpleRouter()
router.register("customers", Customers, basename="customer")

urlpatterns = router.urls
