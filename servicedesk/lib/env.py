"""Settings from the environment: typed, and refused with a clear message when wrong."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit


class SettingError(SystemExit):
    """A setting is missing or wrong; the process must not start."""

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"Setting {name}: {problem}")


class Env:
    """Reads one mapping of environment variables."""

    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        self._environ = os.environ if environ is None else environ

    def text(self, name: str, default: str | None = None) -> str:
        """The value, or that of the file named by ``NAME_FILE``; else the default."""
        value = self._environ.get(name)
        if value is None and (path := self._environ.get(f"{name}_FILE")):
            try:
                value = Path(path).read_text().strip()
            except OSError as error:
                raise SettingError(f"{name}_FILE", str(error)) from error
        if value is None:
            value = default
        if value is None:
            raise SettingError(name, "is missing; set it in the environment.")
        return value

    def flag(self, name: str, *, default: bool) -> bool:
        """A yes or no; anything but 1/0, true/false, yes/no is refused."""
        value = self.text(name, "1" if default else "0").strip().lower()
        if value in {"1", "true", "yes", "on"}:
            return True
        if value in {"0", "false", "no", "off"}:
            return False
        raise SettingError(name, f"{value!r} is neither 1 nor 0.")

    def number(self, name: str, default: int) -> int:
        """A whole number."""
        value = self.text(name, str(default))
        try:
            return int(value)
        except ValueError:
            raise SettingError(name, f"{value!r} is not a whole number.") from None

    def choice(self, name: str, default: str, *, options: tuple[str, ...]) -> str:
        """One of the options."""
        value = self.text(name, default)
        if value not in options:
            raise SettingError(name, f"{value!r} is none of {', '.join(options)}.")
        return value

    def items(self, name: str, default: str | None = None) -> list[str]:
        """A comma-separated list."""
        return [
            part.strip() for part in self.text(name, default).split(",") if part.strip()
        ]

    def database(self, name: str, default: str | None = None) -> dict[str, Any]:
        """A Django database entry from postgres://user:password@host:port/name?options."""
        value = self.text(name, default)
        parts = urlsplit(value)
        if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
            raise SettingError(
                name, "must look like postgres://user:password@host/name."
            )
        options = {key: values[-1] for key, values in parse_qs(parts.query).items()}
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": options.pop("host", parts.hostname or ""),
            "PORT": str(parts.port or options.pop("port", "")),
            "OPTIONS": options,
        }
