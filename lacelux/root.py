"""Where the API starts, and what it answers where there is nothing."""

from __future__ import annotations

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect, JsonResponse
from django.urls import is_valid_path
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.exceptions import NotAuthenticated
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

NAMES = {
    "products": "product-list",
    "customers": "customer-list",
    "sales": "sale-list",
    "orders": "order-list",
    "refunds": "refund-list",
    "shows": "show-list",
    "channels": "channel-list",
    "campaigns": "campaign-list",
    "interactions": "interaction-list",
    "calendar-events": "calendar-event-list",
    "analytics": "answers",
    "reports": "report-list",
}


class ApiRoot(APIView):
    """The addresses of the API. `/api/docs/` describes them."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:
        return Response({name: reverse(view, request=request) for name, view in NAMES.items()})


class Docs(SpectacularSwaggerSplitView):
    """The description, to read and to try out. People who are not signed in are asked to."""

    http_method_names = ["get", "head"]  # its template has nothing to answer to OPTIONS

    def handle_exception(self, exc: Exception) -> Response | HttpResponse:
        if isinstance(exc, NotAuthenticated):
            return redirect_to_login(self.request.get_full_path())
        answer: Response = super().handle_exception(exc)
        return answer


@csrf_exempt  # there is nothing to protect, and its refusal would be a page
def nothing_here(request: HttpRequest) -> HttpResponse:
    """404 in JSON for what no view answers; a reader who forgot the last slash is sent on."""
    if request.method in ("GET", "HEAD") and not request.path.endswith("/") and is_valid_path(f"{request.path_info}/"):
        return HttpResponsePermanentRedirect(request.get_full_path(force_append_slash=True))
    message = "There is nothing at this address; addresses end with a slash."
    return JsonResponse({"error": {"code": "not_found", "message": message}}, status=404)
