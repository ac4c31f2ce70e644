"""The frame around every page for people: sidebar, top bar, sign-in, refusals. Knows no app."""

from lacelux.shell.pages import ShellMixin, person, refused, shell_context, unknown

__all__ = ["ShellMixin", "person", "refused", "shell_context", "unknown"]
