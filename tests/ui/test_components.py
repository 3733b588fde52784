"""Every component renders, says the truth to assistive technology, and escapes."""

import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template import Context, RequestContext, Template
from django.template.loader import render_to_string
from django.test import RequestFactory, override_settings
from django.utils import translation
from django.utils.datastructures import MultiValueDict

from servicedesk.lib.ui import ClockView, Inbox, NavItem, NavSection, SeverityChoice
from servicedesk.lib.ui.forms import FilesField
from servicedesk.lib.ui.html import initials
from servicedesk.lib.ui.nav import links
from servicedesk.lib.ui.styleguide import sample
from servicedesk.lib.ui.words import CLOCK_STATES, script_words

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
EVIL = "<script>alert(1)</script>\"'"


def request(path="/", **headers):
    made = RequestFactory().get(path, headers=headers)
    made.tenant = SimpleNamespace(name="智达")
    made.actor = SimpleNamespace(name="王小明", may=lambda permission: True)
    made.now = NOW
    return made


def render(source, path="/", htmx=None, **context):
    made = request(path, **({"HX-Request": "true", "HX-Target": htmx} if htmx else {}))
    return Template(source).render(RequestContext(made, {"now": NOW, **context}))


class Page(HTMLParser):
    """Collects ids, attributes and elements."""

    def __init__(self, source):
        super().__init__()
        self.ids, self.attributes, self.elements = [], [], []
        self.feed(source)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self.attributes += [name for name, _value in attrs]
        self.ids += [value for name, value in attrs if name == "id"]


@pytest.fixture(params=["zh-hans", "en"])
def guide(request):
    with (
        translation.override(request.param),
        override_settings(ROOT_URLCONF="tests.ui.urls"),
    ):
        made = globals()["request"]("/guide")
        yield Page(render_to_string("styleguide.html", sample(NOW), made))


class TestStyleGuide:
    """What the Content-Security-Policy and assistive technology need of every page."""

    def test_no_inline_style_script_or_handler(self, guide):
        assert "style" not in guide.attributes
        assert not [name for name in guide.attributes if re.match(r"on[a-z]", name)]
        assert all(attrs.get("src") for tag, attrs in guide.elements if tag == "script")
        assert not [tag for tag, _attrs in guide.elements if tag == "style"]

    def test_ids_are_unique(self, guide):
        assert len(guide.ids) == len(set(guide.ids))

    def test_what_is_referred_to_exists(self, guide):
        names = ("popovertarget", "aria-labelledby", "aria-describedby", "for")
        for _tag, attrs in guide.elements:
            for name in names:
                for target in (attrs.get(name) or "").split():
                    assert target in guide.ids, (name, target)


class TestClock:
    @pytest.mark.parametrize("state", CLOCK_STATES)
    @pytest.mark.parametrize("form", ["full", "compact", "wall"])
    def test_state_is_told_by_icon_and_word(self, state, form):
        state = {"warning": "running"}.get(state, state)
        view = ClockView(
            label="Arrival",
            state=state,
            due_at=NOW + timedelta(hours=1),
            limit=timedelta(hours=2),
        )
        with translation.override("en"):
            out = render("{% clock view form=form %}", view=view, form=form)
            word, icon, tone = CLOCK_STATES[state]
            assert str(word) in out
        assert f"#{icon}" in out
        assert f"tone-{tone}" in out

    def test_the_browser_gets_what_it_needs_to_count(self):
        view = ClockView(
            label="Arrival",
            state="running",
            started_at=NOW,
            due_at=NOW + timedelta(hours=2),
            warn_at=NOW + timedelta(minutes=90),
            limit=timedelta(hours=2),
        )
        tag, attrs = Page(render("{% clock view %}", view=view)).elements[0]
        assert tag == "div"
        assert attrs["data-due"] == "2026-11-22T14:00:00+00:00"
        assert attrs["data-warn"] == "2026-11-22T13:30:00+00:00"
        assert (attrs["data-limit"], attrs["data-used"]) == ("7200", "0")
        assert "data-ticking" in attrs

    def test_no_clock_is_a_dash(self):
        assert "–" in render("{% clock view %}", view=None)

    def test_in_a_list_the_explanation_is_fetched_when_it_is_opened(self):
        view = ClockView(label="A", state="running", due_at=NOW, explain_url="/why/7")
        out = render('{% clock view form="compact" %}', view=view)
        assert 'hx-get="/why/7"' in out


class TestEscaping:
    @pytest.mark.parametrize(
        "source",
        [
            "{% person evil role=evil url=evil %}",
            "{% badge evil %}",
            "{% severity 2 label=evil %}",
            "{% state 'new' label=evil %}",
            "{% icon 'bell' label=evil %}",
            "{% clock view %}",
            "{% clock view form='compact' %}",
            "{% message evil now 'note' role=evil channel=evil %}{{ evil }}{% endmessage %}",
            "{% event now 'flag' who=evil %}{{ evil }}{% endevent %}",
            "{% attachment evil evil size=3 kind=evil preview=evil %}",
            "{% confirm evil evil evil text=evil %}",
            "{% menu evil %}{{ evil }}{% endmenu %}",
            "{% dialog 'd' evil %}{{ evil }}{% enddialog %}",
            "{% banner 'bad' evil %}{{ evil }}{% endbanner %}",
            "{% facts %}{% fact evil %}{{ evil }}{% endfact %}{% endfacts %}",
            "{% empty evil url=evil action=evil %}{{ evil }}{% endempty %}",
            "{% stat evil evil url=evil hint=evil %}",
            "{% copy evil evil %}",
            "{% crumbs evil evil '' evil %}",
            "{% tabs items evil %}",
            "{% card evil %}{{ evil }}{% endcard %}",
            "{% folded evil %}{{ evil }}{% endfolded %}",
            "{% chart evil 'bar' unit=evil %}{% endchart %}",
            "{% live evil evil evil %}",
            "{% announcer evil evil url=evil %}",
            "{% sort_th evil evil %}",
            "{% pager next=evil %}",
            "{% progress 1 2 evil %}",
        ],
    )
    def test_what_people_typed_is_text(self, source):
        view = ClockView(
            label=EVIL,
            state="paused",
            note=EVIL,
            explanation=EVIL,
            trail=[EVIL],
            due_at=NOW,
        )
        items = [{"url": EVIL, "label": EVIL, "count": EVIL, "active": True}]
        out = render(source, path=f"/?q={EVIL}", evil=EVIL, view=view, items=items)
        assert "<script" not in out
        assert "alert(1)&lt;" in out or "alert%281%29" in out


class TestIds:
    def test_a_part_fetched_again_has_the_same_ids_and_not_those_of_the_page(self):
        source = "{% menu 'a' %}{% endmenu %}{% menu 'b' %}{% endmenu %}"
        page = Page(render(source)).ids
        part = Page(render(source, path="/part", htmx="list")).ids
        assert part == Page(render(source, path="/part", htmx="list")).ids
        assert not set(page) & set(part)

    def test_without_a_request_they_are_counted_too(self):
        out = Template("{% uid %} {% uid %}").render(Context())
        assert out.split() == ["u-1", "u-2"]


class Sample(forms.Form):
    more = ("floor",)
    name = forms.CharField(label="Name", help_text="As on the badge")
    kind = forms.ChoiceField(choices=[("a", "A")], widget=forms.RadioSelect)
    floor = forms.IntegerField(label="Floor", required=False)
    ok = forms.BooleanField(label="Agreed")


class TestForms:
    def test_hint_and_error_are_tied_to_the_control(self):
        page = Page(str(Sample({"name": ""})))
        control = next(
            attrs for _tag, attrs in page.elements if attrs.get("id") == "id_name"
        )
        assert control["aria-describedby"] == "id_name_helptext id_name_error"
        assert control["aria-invalid"] == "true"
        assert "is-invalid" in control["class"]
        assert {"id_name_helptext", "id_name_error"} <= set(page.ids)

    def test_widgets_get_tablers_classes(self):
        out = str(Sample())
        assert 'class="form-control"' in out
        assert 'class="form-check-input"' in out

    def test_errors_on_top_lead_to_the_fields(self):
        out = str(Sample({"name": ""}))
        assert 'href="#id_name"' in out
        assert 'role="alert"' in out

    @pytest.mark.parametrize(("floor", "opened"), [("3", False), ("high", True)])
    def test_more_is_open_only_when_something_in_it_is_wrong(self, floor, opened):
        page = Page(str(Sample({"name": "x", "floor": floor})))
        details = next(attrs for tag, attrs in page.elements if tag == "details")
        assert ("open" in details) is opened

    def test_severity_cards_are_radios_with_the_clients_words(self):
        class Filing(forms.Form):
            severity = forms.ChoiceField(choices=[("1", "1"), ("3", "3")])

        choices = [
            SeverityChoice(value="1", name="一般", means="m", promise=["8 h"]),
            SeverityChoice(value="3", name="紧急", means="down", example="e"),
        ]
        out = render(
            "{% severity_cards form.severity choices %}",
            form=Filing({"severity": "3"}),
            choices=choices,
        )
        radios = [a for t, a in Page(out).elements if t == "input"]
        assert [("checked" in radio) for radio in radios] == [False, True]
        assert "8 h" in out

    def test_files_are_checked_one_by_one(self):
        class Upload(forms.Form):
            files = FilesField(required=False, max_size=10, max_files=2)

        def errors(*sizes):
            files = [SimpleUploadedFile(f"{n}.txt", b"x" * n) for n in sizes]
            return Upload({}, MultiValueDict({"files": files})).errors

        assert not errors()
        assert not errors(3, 10)
        assert "11.txt" in str(errors(11))
        assert "2" in str(errors(1, 2, 3))
        assert errors(0)


class TestLinks:
    def test_sorting_and_paging_keep_the_filters(self):
        out = render(
            "{% sort_th 'due' 'Due' %}{% pager next='n1' %}",
            path="/?state=new&sort=due&cursor=old",
        )
        hrefs = [a["href"] for t, a in Page(out).elements if t == "a"]
        assert hrefs == ["?state=new&sort=-due", "?state=new&sort=due&cursor=n1"]
        assert 'aria-sort="ascending"' in out

    def test_a_figures_link_leaves_out_what_is_empty(self):
        assert render("{% query state='missed' tier='' %}") == "?state=missed"


class TestNavigation:
    SECTIONS = (
        NavSection("A", (NavItem("guide", "G", "ticket"), NavItem("gone", "X", "x"))),
        NavSection("B", (NavItem("other", "O", "x", "secret"),)),
    )

    @override_settings(ROOT_URLCONF="tests.ui.urls")
    def test_only_what_exists_and_is_allowed_is_offered(self):
        shown = links(self.SECTIONS, path="/guide", can=lambda permission: False)
        assert [
            (label, [link.url for link in entries]) for label, entries in shown
        ] == [("A", ["/guide"])]

    @override_settings(ROOT_URLCONF="tests.ui.urls")
    def test_a_page_below_an_entry_lights_it(self):
        shown = links(self.SECTIONS, path="/other/7", can=lambda permission: True)
        active = [
            link.url for _label, entries in shown for link in entries if link.active
        ]
        assert active == ["/other/"]

    @override_settings(ROOT_URLCONF="tests.ui.urls")
    def test_an_entry_can_stand_for_pages_elsewhere_too(self):
        sections = (NavSection("", (NavItem("guide", "G", "ticket", under="other"),)),)
        shown = links(sections, path="/other/7", can=lambda permission: True)
        assert shown[0][1][0].active


def test_a_figure_of_nothing_is_no_alarm():
    assert "tone-bad" in render("{% stat 'Missed' 3 tone='bad' %}")
    assert "tone-bad" not in render("{% stat 'Missed' 0 tone='bad' %}")


class TestShell:
    @pytest.mark.parametrize(
        ("cookie", "theme"), [("dark", "dark"), ("evil\"'", "auto"), ("", "auto")]
    )
    def test_the_theme_is_set_by_the_server(self, cookie, theme):
        made = request()
        made.COOKIES["theme"] = cookie
        out = render_to_string("404.html", request=made)
        assert f'data-bs-theme="{theme}"' in out

    def test_the_page_of_a_crash_needs_no_request(self):
        assert "500" in render_to_string("500.html")

    def test_the_bell_says_how_many(self):
        source = '{% include "components/shell/bell.html" %}'
        with translation.override("en"):
            assert "Notifications, 120 unread" in render(
                source, inbox=Inbox(unread=120)
            )
            assert "99+" in render(source, inbox=Inbox(unread=120))
            assert "unread" not in render(source, inbox=Inbox())


@pytest.mark.parametrize(
    ("name", "shown"),
    [("王小明", "小明"), ("李雷", "李雷"), ("Ann Lee", "AL"), ("ann", "A"), ("", "?")],
)
def test_initials(name, shown):
    assert initials(name) == shown


def test_every_icon_that_is_used_is_in_the_sprite():
    lines = (ROOT / "static/icons.txt").read_text(encoding="utf-8").splitlines()
    known = {line.replace(" filled", "-filled") for line in lines if line[:1] != "#"}
    for file in (ROOT / "templates").rglob("*.html"):
        text = file.read_text(encoding="utf-8")
        used = re.findall(r"""\{% icon ["']([^"']+)|\bicon=["']([^"'{]+)""", text)
        missing = {first or second for first, second in used} - known
        assert not missing, f"{file.name} uses icons that static/icons.txt lacks"


def test_every_word_of_the_scripts_is_translated_on_the_server():
    known = set(script_words())
    for file in (ROOT / "static/js").glob("*.js"):
        used = set(re.findall(r'\bword\("(\w+)"', file.read_text(encoding="utf-8")))
        assert used <= known, f"{file.name} says words that words.py lacks"
