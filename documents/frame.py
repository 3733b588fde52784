"""From what a room has composed to a job for the press: the look that all papers share."""

from __future__ import annotations

import io
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

import segno
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from documents.assets import Asset, kept
from documents.press import Job
from documents.registry import Composed
from documents.rules import canonical, sha256
from people.colours import WHITE, css, parse, readable, tinted
from people.links import absolute
from servicedesk.lib.pictures import BadPicture
from tenants.models import Tenant

logger = logging.getLogger(__name__)
STYLE: Final = Path(__file__).with_name("paper.css")
LOGO: Final = "logo"
QR: Final = "qr"


@dataclass(frozen=True, slots=True)
class Face:
    """What tells one paper from another: it stands on every page."""

    kind: str
    title: str
    number: str
    version: int
    token: str
    language: str
    made_at: datetime
    replaces: int = 0  # the version before, where there was one


def input_sha256(composed: Composed, *, tenant: Tenant, face: Face) -> str:
    """The hash of everything that a paper says, but for its own number, version and time."""
    return sha256(
        canonical(
            {
                "kind": face.kind,
                "title": face.title,
                "language": face.language,
                "template": composed.template,
                "context": composed.context,
                "assets": {name: one.sha256 for name, one in composed.assets.items()},
                "sheet": composed.sheet_id,
                "tenant": {
                    "name": tenant.name,
                    "accent": tenant.accent,
                    "logo": tenant.logo_sha256,
                },
            }
        )
    )


def job_of(composed: Composed, *, tenant: Tenant, face: Face) -> Job:
    """The job that prints a paper: its HTML, the one style sheet, its pictures."""
    address = absolute(tenant, "check:paper", face.token)
    assets = dict(composed.assets)
    if tenant.logo:
        assets[LOGO] = kept(
            tenant.logo, sha256=tenant.logo_sha256, media_type="image/png"
        )
    pictures = _read(assets)
    pictures[QR] = ("image/png", _qr(address))
    with translation.override(face.language), timezone.override(tenant.zone):
        html = render_to_string(
            composed.template,
            {
                **composed.context,
                "paper": face,
                "tenant": tenant,
                "has_logo": LOGO in pictures,
                "check_address": address.partition("://")[2],
                "language_tag": translation.to_locale(face.language).replace("_", "-"),
                "page_words": _page_words(),
                "made_at": date_format(
                    timezone.localtime(face.made_at), "DATETIME_FORMAT"
                ),
                "made_at_iso": timezone.localtime(face.made_at).isoformat(
                    "T", "seconds"
                ),
            },
        )
    return Job(
        html=html,
        css=[_style(), _colours(tenant.accent)],
        identifier=sha256(html.encode())[:32],
        assets=pictures,
    )


def _page_words() -> tuple[str, str, str]:
    """What stands before, between and after the two numbers of "page 1 of 3"."""
    before, _one, rest = _("page {n} of {all}").partition("{n}")
    between, _two, after = rest.partition("{all}")
    return before, between, after


def _read(assets: Mapping[str, Asset]) -> dict[str, tuple[str, bytes]]:
    """The pictures that can be read; of the others the paper shows the words instead."""
    found = {}
    for name, asset in assets.items():
        try:
            found[name] = (asset.media_type, asset.read())
        except (OSError, BadPicture) as error:
            logger.warning("A picture of a paper can't be read (%s): %s", name, error)
    return found


def _qr(address: str) -> bytes:
    target = io.BytesIO()
    # One picture for all pages; drawn as a path it would be drawn on each anew.
    segno.make(address, error="m", micro=False).save(
        target, kind="png", border=0, scale=8
    )
    return target.getvalue()


@cache
def _style() -> str:
    return STYLE.read_text(encoding="utf-8")


def _colours(accent: str) -> str:
    """The tenant's colour: for lines as it is, for text as dark as paper needs it."""
    colour = parse(accent)
    text = readable(colour, WHITE, lighter=False)
    values: dict[str, Any] = {
        "accent": css(colour),
        "accent-text": css(text),
        "accent-ground": css(tinted(WHITE, colour)),
    }
    pairs = "".join(f"--{name}:{value};" for name, value in values.items())
    return f":root{{{pairs}}}"
