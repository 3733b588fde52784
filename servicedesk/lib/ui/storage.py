"""Static files under names that carry their content, our script modules included."""

from __future__ import annotations

from django.contrib.staticfiles.storage import HashedFilesMixin
from whitenoise.storage import CompressedManifestStaticFilesStorage

_JS_IMPORTS = HashedFilesMixin._js_module_import_aggregation_patterns[1]  # type: ignore[attr-defined]  # noqa: SLF001


class StaticStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Also rewrites the imports of our modules, so that they can be cached for good.

    Django's own switch for this looks at every library's files too, and stumbles over
    examples in their comments; here it is only those in ``static/js/``, and the reader of QR codes.
    """

    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        ("js/*.js", _JS_IMPORTS),
        ("vendor/qr/*.js", _JS_IMPORTS),
    )
