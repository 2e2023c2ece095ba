"""What a mapping YAML may say, checked before any data are read."""

from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BeforeValidator, Field, StrictStr, ValidationError, model_validator

from configs.near_names import closest
from configs.plain_files import text_of
from ledger.errors import LedgerError, listed
from ledger.importing.cells.cell_form import CellForm
from ledger.importing.cells.condition_schema import RowCondition, as_list
from ledger.importing.cells.date_formats import EXCEL, ISO, require_date_formats
from ledger.importing.cells.value_schema import Value, as_value, require_fitting
from ledger.strict_yaml import StrictPart, problem_lines, read_yaml
from ledger.tables import TABLES


def _as_type(value: Any) -> Any:
    return {"type": value} if isinstance(value, str) else value


class SourceColumn(StrictPart):
    """A column of a file or table as a query sees it. `also` are further names by which the export may have it."""

    type: Literal["text", "whole", "amount", "number", "date", "time", "flag", "json"]
    also: Annotated[list[StrictStr], BeforeValidator(as_list)] = Field(default_factory=list)
    optional: bool = False
    format: Annotated[list[StrictStr], BeforeValidator(as_list)] = Field(default_factory=list)

    @model_validator(mode="after")
    def _dated(self) -> "SourceColumn":
        if self.format and self.type != "date":
            raise ValueError(f"format is for dates; this column is {self.type}")
        if self.format:
            require_date_formats(self.format)
            if {EXCEL, ISO} & set(self.format):
                raise ValueError("format: excel and iso are for the columns of a rule; a query gets such days as text")
        return self


class SourceFile(CellForm):
    """A file of the export, several of the same form, or a table of a database.

    `path` is a name or a glob inside the input folder; without it the file is called as `files` calls it, or by one of
    `also`, and so is the table of a database, unless `table` says how. `columns` are those that a query sees.
    """

    path: StrictStr | None = None
    table: StrictStr | None = None
    also: Annotated[list[StrictStr], BeforeValidator(as_list)] = Field(default_factory=list)
    optional: bool = False
    columns: dict[StrictStr, Annotated[SourceColumn, BeforeValidator(_as_type)]] = Field(default_factory=dict)
    format: Literal["csv", "parquet", "xlsx", "json"] | None = None
    sheet: StrictStr | None = None
    records: Annotated[StrictStr, Field(pattern=r"^\w+(\.\w+)*$")] | None = None
    delimiter: Annotated[StrictStr, Field(min_length=1, max_length=1)] = ","
    encoding: StrictStr = "utf-8"
    skip_rows: Annotated[int, Field(ge=0, le=10_000)] = 0

    @model_validator(mode="after")
    def _usable(self) -> "SourceFile":
        try:
            "".encode(self.encoding)  # unlike codecs.lookup it knows that bz2 and base64 are no encodings of text
        except (LookupError, ValueError):
            raise ValueError(f"there is no encoding {self.encoding!r}; common ones: utf-8, cp1252, latin-1") from None
        if not self.delimiter.isascii() or self.delimiter in '"\r\n\0':
            raise ValueError(f"delimiter: {self.delimiter!r} cannot part columns; common ones are , and ; and a tab")
        if self.path is not None and (Path(self.path).is_absolute() or ".." in Path(self.path).parts):
            raise ValueError(f"path: {self.path!r} leaves the input folder; write a name or a glob inside it")
        if self.optional and not self.columns:
            raise ValueError("optional: without `columns` no one knows which columns it would have; name them")
        return self


class TableRule(StrictPart):
    """One row of a target table for each row of a file, or of a query's result, that fulfils every condition of
    `where`.

    `query` is SQL, or the name of a .sql file beside the mapping. Without `columns` the columns of its result are named
    as the table's.
    """

    file: StrictStr | None = None
    query: StrictStr | None = None
    where: Annotated[list[RowCondition], BeforeValidator(as_list)] = Field(default_factory=list)
    distinct: bool = False
    columns: dict[StrictStr, Annotated[Value, BeforeValidator(as_value)]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_source(self) -> "TableRule":
        if (self.file is None) == (self.query is None):
            raise ValueError("write exactly one of file, query")
        if self.file is not None and not self.columns:
            raise ValueError("columns: missing; say for each column of the ledger where its value comes from")
        return self

    @property
    def source_columns(self) -> list[tuple[str, str]]:
        """Each column of the export that the rule needs, with its place in the rule."""
        needed = [(f"where[{place}]", name) for place, one in enumerate(self.where) for name in one.source_columns]
        return needed + [(f"columns.{name}", source) for name, v in self.columns.items() for source in v.source_columns]


class Mapping(StrictPart):
    """How the files of an export become the tables of a ledger.

    `views` are queries whose results later views, and the queries of `tables`, read by name as they read `files`: SQL,
    or the name of a .sql file beside the mapping.
    """

    files: dict[StrictStr, SourceFile]
    views: dict[StrictStr, StrictStr] = Field(default_factory=dict)
    tables: dict[StrictStr, Annotated[list[TableRule], Field(min_length=1), BeforeValidator(as_list)]]

    @model_validator(mode="after")
    def _fits_the_contract(self) -> "Mapping":
        for name in self.tables:
            if name not in TABLES:
                raise ValueError(f"tables: there is no table {name!r}.{closest(name, TABLES)} Tables: {listed(TABLES)}")
        for table in TABLES.values():
            if table.required and table.name not in self.tables:
                raise ValueError(f"tables: {table.name} is missing; a ledger needs it")
        twice = [name for name in self.views if name.lower() in {one.lower() for one in self.files}]
        if twice:
            raise ValueError(f"views: {twice[0]!r} is under `files` too; a query could not say which one it reads")
        for name, rules in self.tables.items():
            for position, rule in enumerate(rules):
                self._check_rule(name, f"tables.{name}[{position}]", rule)
        return self

    def _check_rule(self, table: str, place: str, rule: TableRule) -> None:
        if rule.file is not None and rule.file not in self.files:
            raise ValueError(
                f"{place}.file: {rule.file!r} is not under `files`.{closest(rule.file, self.files)} "
                f"Files: {listed(self.files)}"
            )
        declared = {column.name: column for column in TABLES[table].columns}
        for name, value in rule.columns.items():
            if name not in declared:
                raise ValueError(
                    f"{place}.columns: {table} has no column {name!r}.{closest(name, declared)} "
                    f"Columns: {listed(declared)}"
                )
            require_fitting(f"{place}.columns.{name}", declared[name], value)
        missing = [name for name, column in declared.items() if not column.optional and name not in rule.columns]
        if missing and rule.columns:
            raise ValueError(f"{place}.columns: {listed(missing)} must be there; {table} needs it in every row")


def load_mapping(path: Path) -> Mapping:
    """The mapping in a YAML file. LedgerError, with the place and what would do, where it is not one."""
    try:
        return Mapping.model_validate(read_yaml(text_of(path)))
    except OSError as error:
        raise LedgerError(f"{path}: the mapping cannot be read: {error.strerror or error}.") from None
    except UnicodeDecodeError:
        raise LedgerError(f"{path}: the mapping is not UTF-8 text; save it as UTF-8.") from None
    except yaml.YAMLError as error:
        raise LedgerError(f"{path}: this is not YAML: {' '.join(str(error).split())}") from None
    except ValidationError as error:
        raise LedgerError("\n".join(f"{path}: {line}" for line in problem_lines(error))) from None
