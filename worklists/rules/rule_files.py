"""Rules that a company writes in YAML: found by name or path, checked strictly, refused with a sentence."""

from importlib.resources import files
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import ValidationError

from configs.near_names import closest
from configs.plain_files import text_of
from configs.settings import SettingsError
from ledger.errors import listed
from ledger.strict_yaml import StrictPart, problem_lines, read_yaml

Rules = TypeVar("Rules", bound=StrictPart)


def load_rules(model: type[Rules], kind: str, name_or_path: str) -> Rules:
    """The rules in `configs/<kind>/<name>.yaml`, or in the YAML file at a path (it ends in .yaml or .yml).

    SettingsError, one line for each problem with its place and what would do, where they cannot be used.
    """
    text = _text(kind, name_or_path)
    try:
        return model.model_validate(read_yaml(text))
    except yaml.YAMLError as error:
        raise SettingsError(f"{name_or_path}: this is not YAML: {' '.join(str(error).split())}") from None
    except ValidationError as error:
        raise SettingsError("\n".join(f"{name_or_path}: {line}" for line in problem_lines(error))) from None


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
        return text_of(Path(name_or_path)) if is_path else (folder / f"{name_or_path}.yaml").read_text("utf-8")
    except OSError as error:
        raise SettingsError(f"{name_or_path}: the file cannot be read: {error.strerror or error}.") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{name_or_path}: the file is not UTF-8 text; save it as UTF-8.") from None
