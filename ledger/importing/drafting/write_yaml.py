"""A drafted mapping as YAML that people read: a comment at each choice that is unsure, and what was not used."""

import json
import re
import textwrap
from collections.abc import Iterator
from typing import Any

import yaml

from ledger.importing.drafting.draft import Draft, DraftRule

WIDTH = 110
PLAIN = re.compile(r"[A-Za-z_][\w.]*(?: [\w.]+)*")
LONGEST_LINE = 118


def as_yaml(draft: Draft, head: list[str]) -> str:
    """The text of a mapping file, with some lines of comment above."""
    lines = [*_comment(head), "", "files:"]
    for name, chosen in draft.files.items():
        lines += _unsure(chosen.unsure, 2)
        lines += _entry(_scalar(name), chosen.value, 2)
    lines += ["", "tables:"]
    for table in ("customers", "invoices", "payments", "adjustments"):
        if table in draft.tables:
            lines += _table(table, draft.tables[table])
    if draft.missing:
        lines += ["", *_comment(["Not found, and needed:", *(f"- {one}" for one in draft.missing)])]
    if draft.not_used:
        lines += ["", *_comment(["Found, and not used:", *(f"- {one}" for one in draft.not_used)])]
    return "\n".join([*lines, ""])


def _table(table: str, rules: list[DraftRule]) -> Iterator[str]:
    yield f"  {table}:"
    several = len(rules) > 1
    for rule in rules:
        body = list(_rule(rule, 6 if several else 4))
        if several:
            first = next(number for number, line in enumerate(body) if not line.lstrip().startswith("#"))
            body[first] = "    - " + body[first][6:]
        yield from body


def _rule(rule: DraftRule, indent: int) -> Iterator[str]:
    yield from _unsure(rule.unsure, indent)
    gap = " " * indent
    if rule.query is None:
        yield f"{gap}file: {_scalar(rule.file)}"
    else:
        yield f"{gap}query: |-"
        yield from (f"{gap}  {line}" for line in rule.query.splitlines())
    if len(rule.where) == 1:
        yield f"{gap}where: {_flow(rule.where[0])}"
    elif rule.where:
        yield f"{gap}where:"
        yield from (f"{gap}  - {_flow(one)}" for one in rule.where)
    if rule.distinct:
        yield f"{gap}distinct: true"
    yield f"{gap}columns:"
    for name, chosen in rule.columns.items():
        yield from _unsure(chosen.unsure, indent + 2)
        yield from _entry(name, chosen.value, indent + 2)


def _entry(key: str, value: Any, indent: int) -> list[str]:
    gap = " " * indent
    line = f"{gap}{key}: {_flow(value)}"
    if len(line) <= LONGEST_LINE or not isinstance(value, dict):
        return [line]
    return [
        f"{gap}{key}:",
        *(part for name, one in value.items() for part in _entry(_scalar(str(name)), one, indent + 2)),
    ]


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_scalar(str(key))}: {_flow(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(one) for one in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else _scalar(str(value))


def _scalar(text: str) -> str:
    """A text that YAML reads as that text and as nothing else."""
    if PLAIN.fullmatch(text) and text.isprintable() and yaml.safe_load(text) == text:
        return text
    if text.isprintable():
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return json.dumps(text)


def _unsure(sentences: list[str], indent: int) -> list[str]:
    return [line for one in sentences for line in _comment([f"unsure: {one}"], indent)]


def _comment(lines: list[str], indent: int = 0) -> list[str]:
    gap = " " * indent + "# "
    return [
        part
        for line in lines
        for part in textwrap.wrap(_one_line(line), WIDTH, initial_indent=gap, subsequent_indent=gap + "  ",
                                  break_on_hyphens=False) or [gap.rstrip()]
    ]  # fmt: skip


def _one_line(text: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
