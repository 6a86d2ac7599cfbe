"""The design system: layouts, components, form fields and their scripts."""
