"""How Django forms become GOV.UK markup.

Set ``FORM_RENDERER = "alongside.web.design.renderer.GovukRenderer"``. Every Django form is then
drawn with the design system's templates: `{{ form }}`, `{{ form.name.as_field_group }}` and
`{% field form.name %}` all give the same markup.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import django.forms
from django.forms.renderers import BaseRenderer
from django.template.backends.django import DjangoTemplates
from django.utils.functional import cached_property

from alongside.web.design.bound import DesignBoundField

_OURS = Path(__file__).parent / "templates"
_DJANGO = Path(django.forms.__file__).parent / "templates"


class GovukRenderer(BaseRenderer):
    """Draws forms with the design system, then other apps' templates, then Django's own."""

    form_template_name = "design/forms/form.html"
    formset_template_name = "design/forms/formset.html"
    field_template_name = "design/forms/field.html"
    bound_field_class = DesignBoundField

    @cached_property
    def engine(self) -> DjangoTemplates:
        return DjangoTemplates(
            {
                "NAME": "design-forms",
                "DIRS": [_OURS, _DJANGO],
                "APP_DIRS": True,
                "OPTIONS": {"builtins": ["django.templatetags.i18n"]},
            }
        )

    def get_template(self, template_name: str) -> Any:
        return self.engine.get_template(template_name)
