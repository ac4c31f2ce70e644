"""Who may enter: people, roles, keys of programs, refused sign-ins. For owners."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from axes.models import AccessAttempt
from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, User
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from unfold.decorators import action, display
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm
from unfold.widgets import UnfoldAdminSelectWidget

from lacelux.access import keys
from lacelux.access.models import ApiKey
from lacelux.access.roles import ROLES
from lacelux.shell import shell_context
from lacelux.shell.acts import act
from lacelux.shell.records import Kept, RecordAdmin, RefusableForm, Unchanging

admin.site.unregister((User, Group))


@admin.register(User)
class PersonAdmin(RecordAdmin, DjangoUserAdmin):  # type: ignore[type-arg]
    """People. `Staff status` is what lets someone sign in; the role says what they may do."""

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("username", "full_name", "email", "roles", "is_active", "last_login")
    list_filter = ("groups", "is_active", "is_superuser")
    fieldsets = (
        ("Person", {"fields": (("username", "email"), ("first_name", "last_name"), "password")}),
        ("Access", {"fields": ("groups", ("is_active", "is_staff", "is_superuser"), ("last_login", "date_joined"))}),
    )
    add_fieldsets = (
        ("Person", {"fields": (("username", "email"), "usable_password", ("password1", "password2"))}),
        ("Access", {"fields": ("groups", "is_staff")}),
    )
    readonly_fields = ("last_login", "date_joined")
    filter_horizontal = ()
    ordering = ("username",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        queryset: QuerySet[User] = super().get_queryset(request).prefetch_related("groups")
        return queryset

    @display(description="Name")
    def full_name(self, user: User) -> str:
        return user.get_full_name()

    @display(description="Role")
    def roles(self, user: User) -> str:
        return ", ".join(group.name for group in user.groups.all())


@admin.register(Group)
class RoleAdmin(Unchanging, RecordAdmin):
    """The five roles. What each may do is a table in `roles.py`, put right at every migration."""

    list_display = ("name",)
    fields = ("name", "permissions")


class KeyForm(RefusableForm):
    role = forms.ChoiceField(choices=[(role, role) for role in ROLES], initial="pos", widget=UnfoldAdminSelectWidget)

    class Meta:
        model = ApiKey
        fields = ("name",)


@admin.register(ApiKey)
class ApiKeyAdmin(Kept, RecordAdmin):
    """A key is made here, shown once, and ended for good; it is never edited."""

    list_display = ("name", "prefix", "role", "state", "created_at", "last_used_at")
    list_select_related = ("user",)
    search_fields = ("name", "prefix")
    fields = ("name", "prefix", "user", "created_at", "last_used_at", "revoked_at")
    actions_detail = ("revoke",)
    refusals = (keys.KeyProblem,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ApiKey]:
        queryset: QuerySet[ApiKey] = super().get_queryset(request).prefetch_related("user__groups")
        return queryset

    @display(description="Role")
    def role(self, key: ApiKey) -> str:
        return ", ".join(group.name for group in key.user.groups.all())

    @display(description="State", label={"living": "success", "revoked": "default"})
    def state(self, key: ApiKey) -> tuple[str, str]:
        return ("revoked", "Revoked") if key.revoked_at else ("living", "Living")

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_form(self, request: HttpRequest, obj: Model | None = None, change: bool = False, **kwargs: Any) -> Any:
        return super().get_form(request, obj, change=change, **({} if obj else {"form": KeyForm}), **kwargs)

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        return list(self.fields) if obj else ["name", "role"]

    def save_model(self, request: HttpRequest, obj: ApiKey, form: ModelForm[ApiKey], change: bool) -> None:
        key, value = keys.issue(name=obj.name, role=form.cleaned_data["role"])
        obj.pk, obj.prefix, obj.user = key.pk, key.prefix, key.user
        request.issued = value  # type: ignore[attr-defined]

    def response_add(self, request: HttpRequest, obj: ApiKey, post_url_continue: str | None = None) -> HttpResponse:
        """The one time that the value can be read: in this answer, and nowhere kept."""
        context = shell_context(request, title="Your new key", key=obj, value=request.issued)  # type: ignore[attr-defined]
        return TemplateResponse(request, "key.html", context)

    @action(description="Revoke…", icon="key_off", url_path="revoke", permissions=["access.change_apikey"])
    def revoke(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def do(key: ApiKey, answers: Mapping[str, Any]) -> str:
            keys.revoke(name=key.name)
            return "Revoked."

        intro = "Programs with this key are turned away from now on. This cannot be undone."
        return act(
            self, request, object_id, title="Revoke the key", intro=intro, button="Revoke", do=do,
            refusals=(keys.KeyProblem,), is_grave=True,
        )  # fmt: skip


@admin.register(AccessAttempt)
class RefusedSignInAdmin(RecordAdmin):
    """Failed sign-ins. Deleting a row lets its account in again before the waiting time is over."""

    list_display = ("attempt_time", "username", "ip_address", "failures_since_start")
    search_fields = ("username", "ip_address")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
