"""The first records of a JSON file, each as one level of names and values."""

import json
import re
from itertools import islice
from pathlib import Path

from ledger.errors import first_line
from ledger.importing.drafting.looking.sniff_text import NotReadable

LARGEST_DOCUMENT = 64 << 20  # bytes: it is read as a whole
ONE_A_LINE = (".jsonl", ".ndjson")


def first_records(path: Path, most: int) -> tuple[str, list[dict[str, object]], bool]:
    """Where the list of records is inside a document, such as QueryResponse.Invoice, and '' where it is the file; its
    first records; whether these are all. NotReadable, with a sentence, where there are none."""
    if path.suffix.lower() not in ONE_A_LINE and path.stat().st_size > LARGEST_DOCUMENT:
        raise NotReadable("it is too large to be looked at; export it with one record a line (.jsonl)")
    try:
        inside, records = "", _lines(path, most + 1) if path.suffix.lower() in ONE_A_LINE else None
        if records is None:
            inside, records = _of_document(path)
    except (ValueError, RecursionError) as error:
        raise NotReadable(f"this is not readable JSON ({first_line(error)})") from None
    flat = [_flat(record) for record in records[:most] if isinstance(record, dict)]
    if not flat:
        raise NotReadable("it has no list of records")
    return inside, flat, len(records) <= most


def _lines(path: Path, most: int) -> list[object] | None:
    """The records of the first lines; None where the file is one document all the same."""
    with path.open(encoding="utf-8-sig") as file:
        lines = [line for line in islice(file, most) if line.strip()]
    records = [json.loads(line) for line in lines]
    return None if len(records) == 1 and isinstance(records[0], list) else records


def _of_document(path: Path) -> tuple[str, list[object]]:
    text = path.read_text("utf-8-sig")
    try:
        return _records(json.loads(text))
    except ValueError:
        return "", [json.loads(line) for line in text.splitlines() if line.strip()]


def _records(document: object, place: str = "") -> tuple[str, list[object]]:
    if isinstance(document, list):
        return place, document
    if isinstance(document, dict):
        for key, value in document.items():
            if isinstance(value, list) and value and isinstance(value[0], dict) and re.fullmatch(r"\w+", key):
                return f"{place}.{key}".lstrip("."), value
        for key, value in document.items():
            if isinstance(value, dict) and re.fullmatch(r"\w+", key):
                inside, records = _records(value, f"{place}.{key}".lstrip("."))
                if records:
                    return inside, records
    return "", [document] if not place and isinstance(document, dict) else []


def _flat(record: dict[str, object]) -> dict[str, object]:
    flat: dict[str, object] = {}
    for key, value in record.items():
        if isinstance(value, dict):
            flat |= {f"{key}.{inner}": one for inner, one in value.items() if not isinstance(one, dict | list)}
        elif not isinstance(value, list):
            flat[key] = value
    return flat
