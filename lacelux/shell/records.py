"""What all lists and forms of the admin share: withheld columns, refusals of services, ledgers that only show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django import forms
from django.contrib.admin.checks import ModelAdminChecks
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from unfold.admin import ModelAdmin, TabularInline

from lacelux.shell.figures import NOTHING, reads


class RefusableForm(forms.ModelForm):  # type: ignore[type-arg]
    """A form that can be told that a service refused what it asked for."""

    refusal: ClassVar[str] = ""

    def clean(self) -> dict[str, Any] | None:
        if self.refusal:
            raise ValidationError(self.refusal)
        return super().clean()


class Withholding:
    """Leaves out what a person may not see: columns, fields, filters and look-ups by them.

    `withheld` maps a permission to the names that need it.
    """

    withheld: ClassVar[Mapping[str, Iterable[str]]] = {}

    def hidden(self, request: HttpRequest) -> set[str]:
        return {
            name
            for permission, names in self.withheld.items()
            if not request.user.has_perm(permission)
            for name in names
        }

    def shown(self, request: HttpRequest, entries: Iterable[Any]) -> list[Any]:
        hidden = self.hidden(request)
        return [entry for entry in entries if reads(entry) not in hidden]

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        return self.shown(request, super().get_fields(request, obj))  # type: ignore[misc]

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        return self.shown(request, super().get_readonly_fields(request, obj))  # type: ignore[misc]


class RecordAdmin(Withholding, ModelAdmin):
    """A list and a form in the shop's manner.

    `refusals` are exceptions of the services that `save_model` and its kin call: they come back as an error on the
    form, and nothing is saved.
    """

    form = RefusableForm
    checks_class = ModelAdminChecks  # unfold's asks the database, which a first `migrate` has not made yet
    list_filter_submit = True
    list_fullwidth = True
    list_per_page = 50
    show_full_result_count = False
    compressed_fields = True
    warn_unsaved_form = True
    empty_value_display = NOTHING
    refusals: ClassVar[tuple[type[Exception], ...]] = ()

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        return self.shown(request, super().get_list_display(request))

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        return self.shown(request, super().get_list_filter(request))

    def get_fieldsets(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        fieldsets = [
            (title, {**options, "fields": [self.kept(request, line) for line in options["fields"]]})
            for title, options in super().get_fieldsets(request, obj)
        ]
        for _, options in fieldsets:
            options["fields"] = [line for line in options["fields"] if line]
        return [(title, options) for title, options in fieldsets if options["fields"]]

    def kept(self, request: HttpRequest, line: Any) -> Any:
        """A field, or a row of them, without what is withheld."""
        if isinstance(line, (list, tuple)):
            return tuple(self.shown(request, line))
        return line if self.shown(request, [line]) else None

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """A withheld column cannot be asked for in the address either."""
        if self.hidden(request).intersection(lookup.split("__")):
            return False
        return bool(super().lookup_allowed(lookup, value, request))

    def get_form(self, request: HttpRequest, obj: Model | None = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        form.refusal = getattr(request, "refusal", "")
        return form

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            answer: HttpResponse = super().changeform_view(request, *args, **kwargs)
        except self.refusals as refusal:
            request.refusal = str(refusal)  # type: ignore[attr-defined]
            answer = super().changeform_view(request, *args, **kwargs)
        return answer


class Unchanging:
    """Neither added, changed nor deleted by hand: it grows by services alone."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class Kept:
    """Never deleted by hand: other records rest on it."""

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class History:
    """For SimpleHistoryAdmin: the past is shown to those who may see all of it, and never put back.

    A past version holds quantities and sums that follow from the ledgers; taking it back would contradict them.
    """

    def revert_disabled(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return True

    def has_view_history_or_change_history_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        allowed = super().has_view_history_or_change_history_permission(request, obj)  # type: ignore[misc]
        return bool(allowed) and not self.hidden(request)  # type: ignore[attr-defined]


class Lines(Withholding, TabularInline):
    """Rows below a form, paged so that a page costs the same whatever their number."""

    extra = 0
    per_page: int | None = 25
    show_change_link = False
    tab = True
    hide_title = True


class ReadLines(Unchanging, Lines):
    """Rows below a form, to read."""
