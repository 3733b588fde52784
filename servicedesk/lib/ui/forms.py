"""How Django forms look: FORM_RENDERER = "servicedesk.lib.ui.forms.Renderer".

Widgets get Tabler's classes here, so that form classes need not know any.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.forms import BaseForm, ClearableFileInput, FileField, Widget
from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

PREFIX = "django/forms/widgets/"
CLASSES = {
    "checkbox": "form-check-input",
    "checkbox_select": "form-checks",
    "radio": "form-checks",
    "checkbox_option": "form-check-input",
    "radio_option": "form-check-input",
    "select": "form-select",
    "select_date": "form-select",
    "color": "form-control form-control-color",
}
BARE = {"hidden", "multiple_hidden", "select_option", "attrs", "multiwidget"}
#: Widgets that the kit draws itself.
OWN = {
    "radio": "components/widgets/choices.html",
    "checkbox_select": "components/widgets/choices.html",
    "clearable_file_input": "components/widgets/file.html",
    "password": "components/widgets/password.html",
}


class Renderer(TemplatesSetting):
    """Django's templates with the kit's for fields, forms and some widgets."""

    form_template_name = "components/form.html"
    field_template_name = "components/field.html"

    def render(
        self,
        template_name: str,
        context: dict[str, Any],
        request: HttpRequest | None = None,
    ) -> SafeString:
        """The template with the right class on the widget's element."""
        name = template_name.removeprefix(PREFIX).removesuffix(".html")
        if template_name.startswith(PREFIX):
            _dress(context["widget"], name)
            template_name = OWN.get(name, template_name)
        return SafeString(super().render(template_name, context, request))


def _dress(widget: dict[str, Any], name: str) -> None:
    if name in BARE or widget.get("type") == "hidden":
        return
    attrs = widget["attrs"]
    css = CLASSES.get(name, "form-control")
    if attrs.get("aria-invalid") == "true":
        css += " is-invalid"
    own = attrs.get("class", "")
    if css not in own:
        attrs["class"] = f"{own} {css}".strip()
    for part in widget.get("subwidgets", []):
        part["attrs"].setdefault("class", css)


def more_fields(form: BaseForm) -> frozenset[str]:
    """Names of the fields behind "more": the form's attribute ``more``."""
    return frozenset(getattr(form, "more", ()))


class ManyFiles(ClearableFileInput):
    """A file input that takes several files, dropped, pasted or chosen."""

    allow_multiple_selected = True


class FilesField(FileField):
    """Several uploaded files; ``clean`` gives a list, empty where there is none.

    ``max_size`` is in bytes, ``max_files`` a count; both are checked here and, before the
    files travel, in the browser. ``accept`` is the input's list of types, a hint only: what
    a file really is has to be sniffed by whoever stores it.
    """

    widget = ManyFiles
    default_error_messages = {
        "large": _("%(name)s is larger than %(size)s."),
        "many": _("At most %(n)s files."),
    }

    def __init__(
        self, *, max_size: int = 0, max_files: int = 0, accept: str = "", **kwargs: Any
    ) -> None:
        self.max_size, self.max_files = max_size, max_files
        self.accept = accept
        super().__init__(**kwargs)

    def widget_attrs(self, widget: Widget) -> dict[str, Any]:
        """What the browser needs to check before sending."""
        wanted = {
            "data-max-size": self.max_size,
            "data-max-files": self.max_files,
            "accept": self.accept,
        }
        return super().widget_attrs(widget) | {k: v for k, v in wanted.items() if v}

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """The files that were sent, each checked by itself."""
        files = data if isinstance(data, list | tuple) else [data] if data else []
        if not files:
            super().clean(None, initial)
            return []
        if self.max_files and len(files) > self.max_files:
            raise self._error("many", n=self.max_files)
        return [self._checked(file) for file in files]

    def _checked(self, file: Any) -> Any:
        checked = super().clean(file)
        if self.max_size and checked.size > self.max_size:
            size = f"{self.max_size / 1_000_000:g} MB"
            raise self._error("large", name=checked.name, size=size)
        return checked

    def _error(self, code: str, **params: Any) -> ValidationError:
        return ValidationError(self.error_messages[code], code=code, params=params)
