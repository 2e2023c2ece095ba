"""Rules that a company writes in YAML: found by name or path, checked strictly, refused with a sentence."""

from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError

from configs.settings import SettingsError
from ledger.errors import closest, listed
from ledger.strict_yaml import Part

Rules = TypeVar("Rules", bound=Part)


class _UniqueKeys(yaml.SafeLoader):
    """The safe loader by itself would keep only the last of two equal keys and lose a rule silently."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        for key in keys:
            if keys.count(key) > 1:
                raise yaml.MarkedYAMLError(None, None, f"the key {key!r} is there twice; keep one", node.start_mark)
        return super().construct_mapping(node, deep)


def load_rules(model: type[Rules], kind: str, name_or_path: str) -> Rules:
    """The rules in `configs/<kind>/<name>.yaml`, or in the YAML file at a path (it ends in .yaml or .yml).

    SettingsError, one line for each problem with its place and what would do, where they cannot be used.
    """
    text = _text(kind, name_or_path)
    try:
        return model.model_validate(_UniqueKeys(text).get_single_data())
    except yaml.YAMLError as error:
        raise SettingsError(f"{name_or_path}: this is not YAML: {' '.join(str(error).split())}") from None
    except ValidationError as error:
        raise SettingsError("\n".join(f"{name_or_path}: {_told(problem)}" for problem in error.errors())) from None


def _text(kind: str, name_or_path: str) -> str:
    folder = files("configs") / kind
    shipped = sorted(Path(file.name).stem for file in folder.iterdir() if file.name.endswith(".yaml"))
    is_path = name_or_path.endswith((".yaml", ".yml"))
    if not is_path and name_or_path not in shipped:
        raise SettingsError(
            f"there are no {kind} {name_or_path!r}.{closest(name_or_path, shipped)} "
            f"Choose one of {listed(shipped)}, or write the path of a .yaml file."
        )
    try:
        return (Path(name_or_path) if is_path else folder / f"{name_or_path}.yaml").read_text("utf-8")
    except OSError as error:
        raise SettingsError(f"{name_or_path}: the file cannot be read: {error.strerror or error}.") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{name_or_path}: the file is not UTF-8 text; save it as UTF-8.") from None


def _told(problem: Any) -> str:
    place = ".".join(str(part) for part in problem["loc"])
    reason = str(problem["msg"]).removeprefix("Value error, ")
    if problem["type"] == "string_type":
        reason = f'expected text, found {problem["input"]!r}; put it in quotes, like "NO"'
    return f"{place}: {reason}" if place else reason
