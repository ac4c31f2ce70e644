"""What is asked when files are uploaded."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from unfold.widgets import INPUT_CLASSES, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from lacelux.intake.formats import known_formats


class SeveralFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One file or several."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        files = data if isinstance(data, (list, tuple)) else [data]
        return [super(FilesField, self).clean(file, initial) for file in files]


class UploadForm(forms.Form):
    """The files, and what they may not say themselves: one field for each option of the formats."""

    uploads = FilesField(
        label="Files",
        allow_empty_file=True,  # an empty one is named among the rejected
        widget=SeveralFiles(attrs={"class": " ".join(INPUT_CLASSES), "accept": ".csv,.txt,.tsv,text/csv"}),
        help_text="CSV as the marketplace writes it; several files of one kind may go together.",
    )
    format = forms.ChoiceField(label="Format", required=False, widget=UnfoldAdminSelectWidget)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        formats = known_formats().values()
        choices = [("", "By its columns"), *((fmt.name, fmt.title) for fmt in formats)]
        self.fields["format"].choices = choices  # type: ignore[attr-defined]
        self.option_names = {f"option-{o.name}": o.name for fmt in formats for o in fmt.options}
        for name, help_text in _helps().items():
            self.fields[f"option-{name}"] = forms.CharField(
                label=name.replace("-", " ").capitalize(),
                help_text=help_text,
                required=False,
                max_length=80,
                widget=UnfoldAdminTextInputWidget,
            )

    def clean_uploads(self) -> list[UploadedFile[Any]]:
        files: list[UploadedFile[Any]] = self.cleaned_data["uploads"]
        if sum(file.size or 0 for file in files) > settings.INTAKE_MAX_BYTES:
            raise forms.ValidationError(f"At most {settings.INTAKE_MAX_BYTES // 1_000_000} MB at once.")
        return files

    @property
    def options(self) -> dict[str, str]:
        """The options that were filled in, by name."""
        return {name: self.cleaned_data[key] for key, name in self.option_names.items() if self.cleaned_data.get(key)}


def _helps() -> dict[str, str]:
    """What each option is, behind the titles of the formats that have it."""
    titles: dict[tuple[str, str], list[str]] = {}
    for fmt in known_formats().values():
        for option in fmt.options:
            titles.setdefault((option.name, option.help), []).append(fmt.title)
    helps: dict[str, str] = {}
    for (name, text), owners in titles.items():
        helps[name] = " ".join(filter(None, (helps.get(name), f"{', '.join(owners)}: {text}")))
    return helps
