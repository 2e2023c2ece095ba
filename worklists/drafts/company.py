"""Who writes: the company's name, address, bank and signature, or places to fill in."""

from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import Field, StrictStr, ValidationError

from configs.language import translated
from configs.plain_files import text_of
from configs.settings import SettingsError
from ledger.strict_yaml import StrictPart, problem_lines, read_yaml

Line = Annotated[StrictStr, Field(min_length=1, max_length=200)]


class Company(StrictPart):
    """Who writes. What is absent is a place to fill in, such as [[our address]]; letters within `country` (ISO 3166)
    name no country."""

    name: Line | None = None
    address: tuple[Line, ...] = ()
    country: Annotated[StrictStr, Field(pattern="^[A-Z]{2}$")] | None = None
    bank: tuple[Line, ...] = ()
    phone: Line | None = None
    email: Line | None = None
    signature: Line | None = None

    @property
    def missing(self) -> list[str]:
        """What a text cannot do without and is absent."""
        return [name for name in ("name", "address", "bank", "signature") if not getattr(self, name)]

    def places(self) -> dict[str, Any]:
        """What texts say of the company, in the language that is spoken, with a place to fill in for what is absent."""
        return {
            "name": self.name or place(translated("our company's name")),
            "address": list(self.address) or [place(translated("our address"))],
            "bank": list(self.bank) or [place(translated("our bank account"))],
            "signature": self.signature or place(translated("signature")),
            "phone": self.phone,
            "email": self.email,
        }


def place(name: str) -> str:
    """A place to fill in."""
    return f"[[{name}]]"


def load_company(path: str | None) -> Company:
    """The company in a YAML file; all places to fill in where there is none. SettingsError where it cannot be used."""
    if path is None:
        return Company()
    try:
        return Company.model_validate(read_yaml(text_of(Path(path))))
    except OSError as error:
        raise SettingsError(f"{path}: the file cannot be read: {error.strerror or error}.") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: this is not YAML: {' '.join(str(error).split())}") from None
    except ValidationError as error:
        raise SettingsError("\n".join(f"{path}: {line}" for line in problem_lines(error))) from None
