"""``{% load ui %}``: every tag of the kit (also a builtin in settings.TEMPLATES)."""

from __future__ import annotations

from django import template

from servicedesk.lib.ui import blocks, parts, tags

register = template.Library()
for _part in (tags, blocks, parts):
    register.tags |= _part.register.tags
    register.filters |= _part.register.filters
