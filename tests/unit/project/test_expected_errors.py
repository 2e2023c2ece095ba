"""Errors that are answers to the user are known by name, since importing them takes seconds; the names are right."""

from importlib import import_module

import pytest

from pipelines.runtime.exit_codes import EXPECTED


@pytest.mark.parametrize("name", EXPECTED)
def test_an_expected_error_is_declared_where_its_name_says(name: str) -> None:
    module, kind = name.rsplit(".", 1)
    assert issubclass(getattr(import_module(module), kind), Exception)
    assert getattr(import_module(module), kind).__module__ == module
