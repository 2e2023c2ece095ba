"""What every YAML file of rules and mappings is made of: parts that know their keys, and refuse others."""

from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator

from ledger.errors import closest, listed


class Part(BaseModel):
    """A part of a file; frozen, and a key that it does not know is refused with the nearest one."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _known_keys(cls, data: Any) -> Any:
        keys = [field.alias or name for name, field in cls.model_fields.items()]
        if not isinstance(data, dict):
            # pydantic tells a ValueError with its place; a TypeError would pass through it
            raise ValueError(f"expected the keys {listed(keys)}, found {data!r}")
        for key in data:
            if key not in keys:
                raise ValueError(f"there is no key {key!r} here.{closest(str(key), keys)} Keys: {listed(keys)}")
        return data
