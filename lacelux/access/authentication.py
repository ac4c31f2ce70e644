"""API keys."""
from rest_framework.authentication import BaseAuthentication


class ApiKeyAuthentication(BaseAuthentication):
    """Filled in by the access work."""

    def authenticate(self, request):  # type: ignore
        return None
