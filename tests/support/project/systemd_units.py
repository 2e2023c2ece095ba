"""The systemd units as their sections say, and the places that the guide gives them."""

import configparser
from pathlib import Path

from tests.support.repository import ROOT

UNITS = sorted((ROOT / "configs" / "deployments" / "systemd").glob("*.service"))
GUIDE = (ROOT / "docs" / "production.md").read_text("utf-8")
PROGRAM, STATE, PASSWORDS = "/opt/duerank", "/var/lib/duerank", "/etc/duerank"


class Repeating(dict[str, str]):
    """Keys of a unit may repeat; their values are put one after the other."""

    def __setitem__(self, key: str, value: str | list[str]) -> None:
        if isinstance(value, list) and isinstance(self.get(key), list):
            value = [*self[key], *value]
        super().__setitem__(key, value)  # type: ignore[assignment]


def service(unit: Path) -> dict[str, str]:
    """The section [Service]."""
    parser = configparser.ConfigParser(dict_type=Repeating, strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment]
    parser.read_string(unit.read_text("utf-8"))
    return dict(parser["Service"])
