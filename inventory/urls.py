from rest_framework.routers import SimpleRouter

from inventory.api import Products

router = SimpleRouter()
router.register("products", Products, basename="product")

urlpatterns = router.urls
