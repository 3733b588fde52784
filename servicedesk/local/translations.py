"""Compile and check translations without the gettext tools.

``python -m servicedesk.local.translations compile`` makes the .mo files;
``… update`` puts new strings into the .po files, untranslated, and takes old ones out;
``… check`` names every string without a (sound) translation and fails.
"""

from __future__ import annotations

import ast
import io
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = ("zh_Hans",)  # besides English, which the source is written in
TEMPLATES = {".html", ".txt", ".xml"}
SKIPPED = {"tests", "migrations", "node_modules", "static", "staticfiles", "docs"}
KEYWORDS: dict[str, tuple[object, ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
TRANSLATION = "django.utils.translation"
#: What the interface for programs says of itself: the reference shows it in both languages.
API = "servicedesk/api"
#: Which value of these is the summary of an endpoint.
VERBS = {"Verb": 3, "WorkVerb": 3, "PersonVerb": 2, "SignIn": 2}
HEAD = """\
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Language: {language}\\n"
"Plural-Forms: {plurals}\\n"

"""
PLACEHOLDER = re.compile(r"%\(\w+\)[-+#0 ]*\d*(?:\.\d+)?[a-zA-Z]|%[sdif]|\{\w*\}")


@dataclass(frozen=True)
class Text:
    """A string to translate, and where the source has it."""

    context: str | None
    singular: str
    plural: str | None
    place: str


def compile_all(root: Path = ROOT) -> list[Path]:
    """Write the .mo file beside each newer .po file; return those written."""
    written = []
    for source in sorted(root.glob("locale/*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        catalog = _read(source)
        buffer = io.BytesIO()
        write_mo(buffer, catalog)
        target.write_bytes(buffer.getvalue())
        written.append(target)
    return written


def update_all(root: Path = ROOT) -> list[Path]:
    """Bring every language's strings in step with the source; return the files written.

    Keeps the translations that fit. Strings that the source no longer has go.
    """
    texts = list(source_texts(root))
    written = []
    for language in LANGUAGES:
        target = root / f"locale/{language}/LC_MESSAGES/django.po"
        former = _read(target) if target.exists() else Catalog(locale=language)
        target.parent.mkdir(parents=True, exist_ok=True)
        write(target, _renewed(former, texts))
        written.append(target)
    return written


def _renewed(former: Catalog, texts: list[Text]) -> Catalog:
    fresh = Catalog(locale=former.locale, fuzzy=False)
    plurals = {(t.context, t.singular): t.plural for t in texts if t.plural}
    for text in texts:
        plural = plurals.get((text.context, text.singular))
        old = former.get(text.singular, text.context)
        strings = _strings(old.string) if old and not old.fuzzy else ("",)
        if plural and len(strings) != fresh.num_plurals:
            strings = strings[:1] * fresh.num_plurals
        fresh.add(
            (text.singular, plural) if plural else text.singular,
            strings if plural else strings[0],
            locations=[(text.place.rpartition(":")[0], 0)],
            context=text.context,
        )
    return fresh


def write(target: Path, catalog: Catalog) -> None:
    """Write a catalogue the one way: in the source's order, without line numbers.

    Line numbers, dates and tools' names would change with every commit.
    """
    buffer = io.BytesIO()
    write_po(buffer, catalog, width=88, omit_header=True, include_lineno=False)
    head = HEAD.format(language=catalog.locale, plurals=catalog.plural_forms)
    target.write_bytes(head.encode() + buffer.getvalue().rstrip() + b"\n")


def problems(root: Path = ROOT) -> list[str]:
    """What is untranslated or unsound, one sentence each; empty when all is well."""
    texts = list(source_texts(root))
    found = list(_unseen(root))
    found += [
        f"{language}: locale/{language}/LC_MESSAGES/django.po is missing"
        for language in LANGUAGES
        if not (root / f"locale/{language}/LC_MESSAGES/django.po").is_file()
    ]
    for source in sorted(root.glob("locale/*/LC_MESSAGES/django.po")):
        language, catalog = source.parts[-3], _read(source)
        found += _missing(catalog, texts, language)
        found += [
            f"{language}: {message.id!r}: {problem}"
            for message in catalog
            if message.id
            for problem in _unsound(message)
        ]
    return found


def _unseen(root: Path) -> Iterator[str]:
    """Names under which a text is translated without being found here."""
    for path in sorted(root.rglob("*.py")):
        if not _ours(path, root):
            continue
        for node in ast.walk(ast.parse(path.read_bytes())):
            if not isinstance(node, ast.ImportFrom) or node.module != TRANSLATION:
                continue
            for one in node.names:
                if one.name in KEYWORDS and one.asname not in {None, *KEYWORDS}:
                    place = f"{path.relative_to(root)}:{node.lineno}"
                    yield f"{place}: what is marked with {one.asname!r} is not found"


def _read(source: Path) -> Catalog:
    with source.open("rb") as file:
        # Without the locale Babel drops the header, and with it the plural rule.
        return read_po(file, locale=source.parts[-3], abort_invalid=True)


def source_texts(root: Path = ROOT) -> Iterator[Text]:
    """Every string marked for translation in the project's Python and templates."""
    for path in sorted(root.rglob("*.py")):
        if _ours(path, root):
            yield from _extract(path.read_bytes(), path.relative_to(root))
    for path in sorted((root / API).rglob("*.py")):
        yield from _api_texts(path.read_text(encoding="utf-8"), path.relative_to(root))
    for path in sorted(root.rglob("*")):
        if path.suffix in TEMPLATES and "templates" in path.parts and _ours(path, root):
            yield from _template_texts(path, root)


def _api_texts(source: str, name: Path) -> Iterator[Text]:
    """The summaries and headings of endpoints, which the schema itself has in English."""
    for node in ast.walk(ast.parse(source)):
        found: list[ast.expr] = []
        if isinstance(node, ast.Call):
            found = [k.value for k in node.keywords if k.arg in {"summary", "tag"}]
            if isinstance(node.func, ast.Name) and node.func.id in VERBS:
                found += node.args[VERBS[node.func.id] :][:1]
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "TAG":
            found = [node.value]
        for one in found:
            if isinstance(one, ast.Constant) and isinstance(one.value, str):
                yield Text(None, one.value, None, f"{name}:{one.lineno}")


def _template_texts(path: Path, root: Path) -> Iterator[Text]:
    # The only thing here that needs Django, which compiling must not.
    from django.utils.translation.template import templatize  # noqa: PLC0415

    name = path.relative_to(root)
    code = templatize(path.read_text(encoding="utf-8"), origin=str(name))
    # Brackets, because the indentation of a template means nothing to Python.
    yield from _extract(f"({code}\n)".encode(), name)


def _extract(source: bytes, name: Path) -> Iterator[Text]:
    found = extract("python", io.BytesIO(source), keywords=KEYWORDS)  # type: ignore[arg-type]
    for line, message, _comments, context in found:
        singular, plural = message if isinstance(message, tuple) else (message, None)
        yield Text(context, singular, plural, f"{name}:{line}")


def _ours(path: Path, root: Path) -> bool:
    parts = path.relative_to(root).parts
    return not any(part in SKIPPED or part.startswith(".") for part in parts)


def _missing(catalog: Catalog, texts: list[Text], language: str) -> Iterator[str]:
    seen = set()
    for text in texts:
        key = (text.context, text.singular)
        if key in seen:
            continue
        seen.add(key)
        message = catalog.get(text.singular, text.context)
        if message is None or not _full(message):
            yield f"{language}: {text.singular!r} has no translation ({text.place})"
        elif text.plural and not message.pluralizable:
            yield f"{language}: {text.singular!r} lacks its plural ({text.place})"


def _strings(value: object) -> tuple[str, ...]:
    """One text or several (singular and plural), as several."""
    values = value if isinstance(value, (tuple, list)) else (value,)
    return tuple(str(text or "") for text in values)


def _full(message: Message) -> bool:
    return all(_strings(message.string))


def _unsound(message: Message) -> Iterator[str]:
    if message.fuzzy:
        yield "is marked fuzzy"
    if not _full(message):
        return
    originals = _strings(message.id)
    allowed = {mark for text in originals for mark in PLACEHOLDER.findall(text)}
    needed = set(PLACEHOLDER.findall(originals[-1]))
    for string in _strings(message.string):
        marks = set(PLACEHOLDER.findall(string))
        if not needed <= marks <= allowed:
            yield f"has the placeholders {sorted(marks)}, not {sorted(needed)}"
        if originals[0].startswith("\n") != string.startswith("\n"):
            yield "begins with a line break on one side only"


def main(arguments: list[str]) -> int:
    """Compile, update or check; see the module's text."""
    if arguments in (["compile"], ["update"]):
        written = compile_all() if arguments == ["compile"] else update_all()
        sys.stdout.writelines(f"{path}\n" for path in written)
        return 0
    if arguments == ["check"]:
        found = problems()
        sys.stdout.writelines(f"{line}\n" for line in found)
        return 1 if found else 0
    usage = "usage: python -m servicedesk.local.translations compile|update|check\n"
    sys.stderr.write(usage)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
