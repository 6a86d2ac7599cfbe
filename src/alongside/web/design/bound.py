"""A form's field together with what was typed, as the templates see it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.forms import widgets
from django.forms.boundfield import BoundField

if TYPE_CHECKING:
    from collections.abc import Iterator

_INPUT_CLASSES = (
    (widgets.Textarea, "govuk-textarea"),
    (widgets.FileInput, "govuk-file-upload"),
    (widgets.SelectMultiple, "govuk-select along-select-multiple"),
    (widgets.RadioSelect, "govuk-radios__input"),
    (widgets.CheckboxSelectMultiple, "govuk-checkboxes__input"),
    (widgets.CheckboxInput, "govuk-checkboxes__input"),
    (widgets.Select, "govuk-select"),
    (widgets.Input, "govuk-input"),
)
_NO_ERROR_CLASS = (widgets.RadioSelect, widgets.CheckboxSelectMultiple, widgets.CheckboxInput)


def _class_for(widget: widgets.Widget) -> str:
    return next((name for kind, name in _INPUT_CLASSES if isinstance(widget, kind)), "")


class DesignBoundField(BoundField):
    """A bound field that knows its GOV.UK classes, its kind of markup and its first control."""

    def build_widget_attrs(
        self, attrs: dict[str, Any], widget: widgets.Widget | None = None
    ) -> dict[str, Any]:
        widget = widget or self.field.widget
        built = super().build_widget_attrs(attrs, widget)
        if widget.is_hidden:
            return built
        # The browser's own messages would hide ours, which say more and are translated.
        built.pop("required", None)
        if self.kind == "date" and self.wrong_parts:
            built["data-wrong"] = " ".join(self.wrong_parts)
        elif self.use_fieldset and not isinstance(widget, widgets.MultiWidget):
            built.pop("aria-invalid", None)
        base = _class_for(widget)
        classes = [base, *self._modifiers(widget, base)]
        classes += [
            *str(widget.attrs.get("class", "")).split(),
            *str(built.get("class", "")).split(),
        ]
        if any(classes):
            built["class"] = " ".join(dict.fromkeys(name for name in classes if name))
        if getattr(self.field, "count", False):
            described = f"{built.get('aria-describedby', '')} {self.auto_id}-info"
            built["aria-describedby"] = described.strip()
        return {**self._hints_to_browser(widget), **built}

    def _modifiers(self, widget: widgets.Widget, base: str) -> Iterator[str]:
        width = getattr(self.field, "width", None)
        if width and base == "govuk-input":
            yield (
                f"govuk-input--width-{width}"
                if isinstance(width, int)
                else f"govuk-!-width-{width}"
            )
        if self.errors and not isinstance(widget, _NO_ERROR_CLASS):
            yield f"{base.partition(' ')[0]}--error" if base else ""

    def _hints_to_browser(self, widget: widgets.Widget) -> dict[str, Any]:
        if not isinstance(widget, (widgets.Input, widgets.Textarea)):
            return {}
        given = getattr(self.field, "browser_attrs", {})
        return {name: value for name, value in given.items() if name not in widget.attrs}

    @property
    def kind(self) -> str:
        """Which markup a field needs: the templates branch on this and nothing else."""
        widget = self.field.widget
        chosen = getattr(widget, "design_kind", None)
        if chosen:
            return str(chosen)
        for kind, base in (
            ("checkboxes", widgets.CheckboxSelectMultiple),
            ("radios", widgets.RadioSelect),
            ("checkbox", widgets.CheckboxInput),
            ("textarea", widgets.Textarea),
            ("file", widgets.FileInput),
            ("password", widgets.PasswordInput),
            ("select", widgets.Select),
            ("group", widgets.MultiWidget),
        ):
            if isinstance(widget, base):
                return kind
        return "input"

    @property
    def first_control_id(self) -> str:
        """The id that a link in the error summary goes to."""
        widget = self.field.widget
        if self.kind == "date":
            return f"{self.auto_id}_{(self.wrong_parts or ['day'])[0]}"
        if isinstance(
            widget, (widgets.MultiWidget, widgets.RadioSelect, widgets.CheckboxSelectMultiple)
        ):
            return f"{self.auto_id}_0"
        return str(self.id_for_label or self.auto_id)

    @property
    def wrong_parts(self) -> list[str]:
        """The boxes of a date that are wrong, in order; empty when it is all of them or none."""
        parts: list[str] = []
        for error in self.errors.as_data():
            parts += (error.params or {}).get("parts", ())
        return parts

    @property
    def described_by(self) -> str:
        """The ids of the hint and the error, for `aria-describedby`."""
        return self.aria_describedby or ""

    @property
    def options(self) -> list[dict[str, Any]]:
        """The choices of radios and check boxes, with hints and the fields each reveals."""
        hints = getattr(self.field, "hints", {})
        reveals = getattr(self.field, "reveals", {})
        options = []
        for index, bound in enumerate(self.subwidgets):
            value = str(bound.data["value"])
            names = reveals.get(value, ())
            options.append(
                {
                    "bound": bound,
                    "attrs": bound.data["attrs"],
                    "id": bound.data["attrs"].get("id", f"{self.auto_id}_{index}"),
                    "name": bound.data["name"],
                    "value": bound.data["value"] if bound.data["value"] is not None else "",
                    "label": bound.choice_label,
                    "checked": bool(bound.data["selected"]),
                    "hint": hints.get(value, ""),
                    "fields": [self.form[name] for name in names if name in self.form.fields],
                    "divider": value in getattr(self.field, "dividers", ()),
                    "exclusive": value in getattr(self.field, "exclusive", ()),
                }
            )
        return options
