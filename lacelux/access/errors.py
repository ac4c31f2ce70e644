from rest_framework.views import exception_handler as answer_error
__all__ = ["answer_error"]
