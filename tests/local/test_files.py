"""Files that are made, not written: front-end files, translations, secrets, ports."""

from __future__ import annotations

import gettext
import os
import stat
from pathlib import Path

import pytest

from servicedesk.local import assets, programs, suite, translations
from servicedesk.local.places import Home, LocalError

PO_HEAD = (
    'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
    '"Plural-Forms: nplurals=1; plural=0;\\n"\n\n'
)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A tiny project with one Python file, one template and one catalogue."""
    for folder in ("app", "templates/app", "locale/zh_Hans/LC_MESSAGES"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "app/views.py").write_text('_("Open")\npgettext("clock", "Open")\n')
    (tmp_path / "templates/app/page.html").write_text(
        "{% load i18n %}\n  <p>{% translate 'Save' as x %}</p>\n"
        "{% blocktranslate count n=n %}{{ n }} day{% plural %}{{ n }} days"
        "{% endblocktranslate %}\n"
    )
    return tmp_path


def write_catalogue(site: Path, *entries: str) -> None:
    path = site / "locale/zh_Hans/LC_MESSAGES/django.po"
    path.write_text(PO_HEAD + "\n\n".join(entries) + "\n", encoding="utf-8")


COMPLETE = (
    'msgid "Open"\nmsgstr "打开"',
    'msgctxt "clock"\nmsgid "Open"\nmsgstr "进行中"',
    'msgid "Save"\nmsgstr "保存"',
    'msgid "%(n)s day"\nmsgid_plural "%(n)s days"\nmsgstr[0] "%(n)s 天"',
)


def test_complete_translations_have_no_problems_and_compile(site: Path) -> None:
    write_catalogue(site, *COMPLETE)
    assert translations.problems(site) == []
    (made,) = translations.compile_all(site)
    assert translations.compile_all(site) == []
    with made.open("rb") as file:
        catalogue = gettext.GNUTranslations(file)
    assert catalogue.gettext("Save") == "保存"
    assert catalogue.pgettext("clock", "Open") == "进行中"
    assert catalogue.ngettext("%(n)s day", "%(n)s days", 2) == "%(n)s 天"


def test_a_language_without_a_catalogue_is_named(site: Path) -> None:
    assert translations.problems(site) == [
        "zh_Hans: locale/zh_Hans/LC_MESSAGES/django.po is missing"
    ]


@pytest.mark.parametrize("dropped", range(len(COMPLETE)))
def test_each_missing_translation_is_named(site: Path, dropped: int) -> None:
    write_catalogue(site, *(e for i, e in enumerate(COMPLETE) if i != dropped))
    (problem,) = translations.problems(site)
    assert "has no translation" in problem


def test_a_name_that_hides_texts_is_named(site: Path) -> None:
    write_catalogue(site, *COMPLETE)
    imports = "from django.utils.translation import gettext_lazy as {}\n"
    (site / "app/names.py").write_text(imports.format("_"))
    assert translations.problems(site) == []
    (site / "app/names.py").write_text(imports.format("_lazy") + '_lazy("Hidden")\n')
    (problem,) = translations.problems(site)
    assert problem == "app/names.py:1: what is marked with '_lazy' is not found"


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ('#, fuzzy\nmsgid "Extra"\nmsgstr "额外"', "is marked fuzzy"),
        ('msgid "By %(who)s"\nmsgstr "由"', "has the placeholders"),
        ('msgid "{a} of {b}"\nmsgstr "{b} 的 {c}"', "has the placeholders"),
    ],
)
def test_unsound_translations_are_named(site: Path, entry: str, problem: str) -> None:
    write_catalogue(site, *COMPLETE, entry)
    (found,) = translations.problems(site)
    assert problem in found


def test_update_adds_what_is_new_and_takes_out_what_is_gone(site: Path) -> None:
    write_catalogue(site, *COMPLETE[1:], 'msgid "Gone"\nmsgstr "没了"')
    (path,) = translations.update_all(site)
    text = path.read_text(encoding="utf-8")
    assert 'msgid "Open"\nmsgstr ""' in text
    assert 'msgid "Save"\nmsgstr "保存"' in text
    assert 'msgid_plural "%(n)s days"\nmsgstr[0] "%(n)s 天"' in text
    assert "Gone" not in text
    (problem,) = translations.problems(site)
    assert "has no translation" in problem
    translations.update_all(site)
    assert path.read_text(encoding="utf-8") == text


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    """A project with its npm packages in place."""
    for name in (*assets.FILES.values(), *assets.FONTS.values()):
        path = tmp_path / "node_modules" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("a{}\n/*# sourceMappingURL=a.css.map */\n")
    icons = tmp_path / "node_modules/@tabler/icons/icons"
    for style in ("outline", "filled"):
        (icons / style).mkdir(parents=True)
        (icons / style / "bell.svg").write_text(
            '<svg\n viewBox="0 0 24 24"\n>\n'
            '  <path stroke="none" d="M0 0h24v24H0z" fill="none" />\n'
            '  <path d="M1 1" />\n</svg>\n'
        )
    (tmp_path / "package-lock.json").write_text("{}")
    mark = tmp_path / "node_modules/.servicedesk-lock"
    mark.write_text("44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a")
    (tmp_path / "static").mkdir()
    return tmp_path


def test_files_are_copied_without_maps_and_icons_become_one_sprite(
    packages: Path,
) -> None:
    (packages / "static/icons.txt").write_text("# ours\nbell\nbell filled\n")
    assert assets.build(packages) is True
    assert assets.build(packages) is False
    vendor = packages / "static/vendor"
    assert (vendor / "tabler.min.css").read_text() == "a{}\n"
    assert (packages / "documents/fonts/NotoSansSC-Bold.ttf").exists()
    sprite = (vendor / "icons.svg").read_text()
    assert sprite.count("<symbol ") == 2
    assert (
        'id="bell-filled" viewBox="0 0 24 24" fill="currentColor"><path d="M1 1"/>'
        in sprite
    )
    (packages / "static/icons.txt").write_text("bell\n")
    assert assets.build(packages) is True


@pytest.mark.parametrize("line", ["bel", "bell bold", "bell filled please"])
def test_a_wrong_icon_is_named_with_its_line(packages: Path, line: str) -> None:
    (packages / "static/icons.txt").write_text(f"bell\n{line}\n")
    with pytest.raises(assets.AssetError, match=r"icons\.txt, line 2"):
        assets.build(packages)


def test_a_secret_is_made_once_and_is_its_owners_only(tmp_path: Path) -> None:
    home = Home(tmp_path / "data")
    first = home.secret("key")
    assert len(first) == 64
    assert home.secret("key") == first
    assert home.secret("other") != first
    mode = (home.path / "secrets" / "key").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


def test_a_taken_port_is_passed_over() -> None:
    with programs.reserve_port(18300) as first, programs.reserve_port(18300) as second:
        taken, chosen = first.getsockname()[1], second.getsockname()[1]
    assert chosen > taken


def test_web_and_workers_are_not_told_the_owners_address() -> None:
    whole = {"DATABASE_URL": "a", "DATABASE_OWNER_URL": "b", "PATH": "/bin"}
    assert programs.unprivileged(whole) == {"DATABASE_URL": "a", "PATH": "/bin"}


def test_a_named_browser_that_is_not_there_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CHROMIUM", "/does/not/exist")
    with pytest.raises(LocalError, match="can't be run"):
        suite.find_browser()


def test_without_a_browser_and_without_root_the_advice_names_the_package(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(LocalError, match="apt-get install chromium"):
        suite.install_browser()
