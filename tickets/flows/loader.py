"""From the text of a file to a flow, or to everything that is wrong with it."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from servicedesk.lib.bilingual import Text
from servicedesk.lib.textfile.notation import NotationError
from servicedesk.lib.textfile.problems import Problems
from servicedesk.lib.textfile.reader import KEY, Section, text_of
from servicedesk.lib.textfile.tree import Items, Table, parse
from tickets.flows.checks import check_flow
from tickets.flows.problems import MESSAGES, FlowError
from tickets.rules.flow import (
    DONE,
    Answer,
    Effect,
    FaultClass,
    Field,
    FieldKind,
    Fill,
    Flow,
    Option,
    Signed,
    Step,
)

FORMAT = "1"
NAME_LENGTH = 100
SOURCE_LENGTH = 200
TITLE_LENGTH = 60
TEXT_LENGTH = 500
STEPS_MOST = 80
ANSWERS_MOST = 12
FIELDS_MOST = 20
#: What is said where a step has one way on and no words of its own for it.
DONE_LABEL = Text(zh="完成", en="Done")
END_LABEL = Text(zh="结束", en="Finish")


@lru_cache(maxsize=64)
def load_flow(text: str) -> Flow:
    """The flow that a file describes; remembered, for the same text says the same.

    Raises :class:`~tickets.flows.problems.FlowError` with every fault found.
    """
    problems = Problems(MESSAGES)
    tree = parse(text, problems)
    if isinstance(tree, Table):
        flow = _flow(Section(tree, problems))
        if not problems.found:
            check_flow(flow, problems)
        if not problems.found:
            return flow
    elif not problems.found:
        problems.add("", "not_a_table")
    raise FlowError(problems.found)


def _flow(top: Section) -> Flow:
    top.value("format", _format)
    key = top.value("key", _key)
    name = top.both("name", limit=NAME_LENGTH)
    source = top.line("source", limit=SOURCE_LENGTH, required=False)
    start = top.leaf("start")
    reopened = top.leaf("reopened")
    steps = {key: _step(key, section) for key, section in top.named("steps").items()}
    _limit(top, "steps", count=len(steps), most=STEPS_MOST)
    top.close()
    return Flow(
        key=key or "",
        name=name or Text(zh="", en=""),
        source=source or "",
        start=start or "",
        reopened=reopened or "",
        steps=steps,
    )


def _step(key: str, section: Section) -> Step:
    title = section.both("title", limit=TITLE_LENGTH)
    text = _optional(section, "text")
    question = _optional(section, "question")
    public = _optional(section, "public")
    fault_class = section.choice("class", FaultClass, required=False)
    fields = _fields(section)
    answers = _ways(section)
    span = section.duration("call_back_within", required=False)
    if span is not None and not span.length:
        section.problems.add(section.at("call_back_within"), "duration_zero")
    work_order = section.flag("work_order")
    section.close()
    return Step(
        key=key,
        title=title or Text(zh="", en=""),
        answers=answers,
        text=text,
        question=question,
        public=public,
        fault_class=fault_class,
        fields=fields,
        call_back=span.length if span else None,
        work_order=work_order,
    )


def _optional(section: Section, key: str) -> Text | None:
    if not section.has(key):
        return None
    return section.both(key, limit=TEXT_LENGTH, lines=True)


# -- the ways on -------------------------------------------------------------------------------


def _ways(section: Section) -> tuple[Answer, ...]:
    """Answers; or the one way on of a step that has ``next``; or that of an end."""
    given = [key for key in ("next", "answers", "end") if section.has(key)]
    if len(given) > 1:
        section.problems.add(section.at(given[1]), "two_ways")
    if "answers" in given:
        return _answers(section)
    if "next" in given:
        way = _only_way(section, section.leaf("next") or "", DONE_LABEL)
        return (replace(way, again=section.flag("again")),)
    if not section.flag("end"):
        section.problems.add(section.path, "dead_end")
    return (_only_way(section, "", END_LABEL),)


def _only_way(section: Section, to: str, label: Text) -> Answer:
    own = section.both("button", limit=TITLE_LENGTH) if section.has("button") else None
    return Answer(
        DONE, own or label, to, effects=_effects(section), signed=_signed(section)
    )


def _answers(section: Section) -> tuple[Answer, ...]:
    found = section.named("answers")
    _limit(section, "answers", count=len(found), most=ANSWERS_MOST)
    return tuple(_answer(key, answer) for key, answer in found.items())


def _answer(key: str, section: Section) -> Answer:
    answer = Answer(
        key=key,
        label=section.both("label", limit=TITLE_LENGTH) or Text(zh="", en=""),
        to=section.leaf("to") or "",
        needs=frozenset(_words(section, "needs")),
        picture=section.flag("picture"),
        again=section.flag("again"),
        effects=_effects(section),
        signed=_signed(section),
    )
    section.close()
    return answer


def _effects(section: Section) -> tuple[Effect, ...]:
    if not section.has("effects"):
        return ()
    return tuple(section.choices("effects", Effect) or ())


def _signed(section: Section) -> tuple[tuple[str, Signed], ...] | None:
    """Which field the customer's signature fills with what."""
    if not section.has("signed") or (inner := section.section("signed")) is None:
        return None
    keys = [key for key, _node in inner.entries()]
    sources = {key: inner.choice(key, Signed) for key in keys}
    return tuple((key, source) for key, source in sources.items() if source)


def _words(section: Section, key: str) -> list[str]:
    node = section.node(key, required=False) if section.has(key) else None
    if node is None:
        return []
    if not isinstance(node, Items):
        section.problems.add(node.path, "not_a_list")
        return []
    found = (text_of(item, section.problems) for item in node.items)
    return [text for text in found if text is not None]


# -- what is recorded --------------------------------------------------------------------------


def _fields(section: Section) -> tuple[Field, ...]:
    if not section.has("record"):
        return ()
    found = section.named("record")
    _limit(section, "record", count=len(found), most=FIELDS_MOST)
    return tuple(_field(key, field) for key, field in found.items())


def _field(key: str, section: Section) -> Field:
    label = section.both("label", limit=TITLE_LENGTH)
    hint = _optional(section, "hint")
    kind = section.choice("kind", FieldKind) or FieldKind.TEXT
    options = _options(section, kind)
    fill = section.choice("fill", Fill, required=False)
    required, remind = section.flag("required"), section.flag("remind")
    if remind and kind is not FieldKind.MOMENT:
        section.problems.add(section.at("remind"), "remind_unused")
    section.close()
    return Field(
        key=key,
        label=label or Text(zh="", en=""),
        kind=kind,
        required=required,
        hint=hint,
        options=options,
        fill=fill,
        remind=remind,
    )


def _options(section: Section, kind: FieldKind) -> tuple[Option, ...]:
    has, chosen = section.has("options"), kind is FieldKind.CHOICE
    if not has:
        if chosen:
            section.problems.add(section.path, "no_options")
        return ()
    if not chosen:
        section.problems.add(section.at("options"), "options_unused")
    outer = section.section("options")
    if outer is None:
        return ()
    keys = [key for key, _node in outer.entries()]
    _limit(section, "options", count=len(keys), most=FIELDS_MOST)
    labels = {key: outer.both(key, limit=TITLE_LENGTH) for key in keys}
    return tuple(Option(key, label) for key, label in labels.items() if label)


def _limit(section: Section, key: str, *, count: int, most: int) -> None:
    if count > most:
        section.problems.add(section.at(key), "too_many", limit=most, count=count)


def _format(text: str) -> str:
    if text != FORMAT:
        raise NotationError("unknown_format", value=text[:40], known=FORMAT)
    return text


def _key(text: str) -> str:
    if not KEY.fullmatch(text):
        raise NotationError("bad_key", value=text[:60])
    return text
