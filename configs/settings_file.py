"""A settings file: a part of `default.yaml` with other values, and a place for each that messages can name."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from configs.near_names import closest
from configs.plain_files import text_of
from configs.settings import Given, Settings, SettingsError, default_values, given_by_set, load_settings, settings_with

DEFAULT = "default"
COMMENT_AT = 60  # the column where a listing says what a value comes from


def overrides_of(path: Path | None, overrides: Sequence[str]) -> tuple[str, ...]:
    """A settings file and the overrides that go before it, as overrides; SettingsError where one does not fit.

    Who gets them needs no file any more: a worker on another machine, for example.
    """
    written = [] if path is None else given_in(path)
    settings_with([*written, *map(given_by_set, overrides)])
    return (*(f"{one.name}={_in_one_line(one.value)}" for one in written), *overrides)


def settings(path: str | Path | None = None, *overrides: str) -> Settings:
    """The defaults, with a settings file over them, and over both `section.name=value`; SettingsError where one does
    not fit."""
    return load_settings(overrides_of(None if path is None else Path(path), overrides))


def given_in(path: Path) -> list[Given]:
    """What a settings file gives; SettingsError, with the line, where it is not sections of names with values."""
    try:
        loader = yaml.SafeLoader(_text(path))
        root = loader.get_single_node()
        return [] if root is None else _given(loader, path, root)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = path if mark is None else _place(path, mark)
        raise SettingsError(f"{place}: this is not YAML: {error.problem or error.context}.") from None
    except yaml.YAMLError as error:
        raise SettingsError(f"{path}: this is not YAML: {' '.join(str(error).split())}.") from None


def _given(loader: yaml.SafeLoader, path: Path, root: yaml.Node) -> list[Given]:
    given: dict[str, Given] = {}
    sections = default_values()
    for key, names in _pairs(path, root, "sections such as `labels:`"):
        if key.value not in sections:
            raise SettingsError(
                f"{_place(path, key.start_mark)}: there is no section {key.value!r}.{closest(key.value, sections)} "
                f"`duerank config check` lists all."
            )
        if names.tag == "tag:yaml.org,2002:null":  # all below it may be commented out
            continue
        for name, value in _pairs(path, names, f"settings below `{key.value}:`"):
            full, place = f"{key.value}.{name.value}", _place(path, name.start_mark)
            if full in given:
                raise SettingsError(f"{place}: {full} is there twice, first at {given[full].place}; keep one.")
            try:
                given[full] = Given(full, loader.construct_object(value, deep=True), place)
            except ValueError as error:  # Python's own, such as of 2024-13-45
                raise SettingsError(f"{place}: the value of {full} cannot be read: {error}.") from None
    return list(given.values())


def _pairs(path: Path, node: yaml.Node, expected: str) -> list[tuple[yaml.ScalarNode, yaml.Node]]:
    if not isinstance(node, yaml.MappingNode) or not all(isinstance(key, yaml.ScalarNode) for key, _ in node.value):
        raise SettingsError(f"{_place(path, node.start_mark)}: expected {expected}, with a value each.")
    return list(node.value)


def _place(path: Path, mark: yaml.Mark) -> str:
    return f"{path}, line {mark.line + 1}"


def _text(path: Path) -> str:
    try:
        return text_of(path, "utf-8-sig")
    except OSError as error:
        raise SettingsError(f"--config {path}: the file cannot be read: {error.strerror or error}.") from None
    except UnicodeDecodeError:
        raise SettingsError(f"--config {path}: the file is not UTF-8 text; save it as UTF-8.") from None


def _in_one_line(value: Any) -> str:
    text = _dumped(value, allow_unicode=True)
    # in double quotes rarer characters, such as a new line, are written so that they need no line of their own
    return text if text.isprintable() else _dumped(value, default_style='"')


def _dumped(value: Any, **style: Any) -> str:
    text: str = yaml.safe_dump(value, default_flow_style=True, width=float("inf"), **style)
    return text.removesuffix("\n").removesuffix("\n...")


def listing(path: Path | None, overrides: Sequence[str]) -> str:
    """All settings that are in effect, as a settings file, with what each value comes from: the default, the line of
    the file, or --set. SettingsError as `overrides_of`."""
    given = [*([] if path is None else given_in(path)), *map(given_by_set, overrides)]
    values = settings_with(given).model_dump(mode="json")
    places = {one.name: one.place for one in given}
    lines = list[str]()
    for section, names in values.items():
        lines.append(f"{section}:")
        for name, value in names.items():
            line = f"  {name}: {_in_one_line(value)}"
            lines.append(f"{line:<{COMMENT_AT}}  # {places.get(f'{section}.{name}', DEFAULT)}")
    return "\n".join(lines)
