"""Templates: texts with names in braces."""

import string


def template_parts(template: str, names: str, example: str) -> list[tuple[str, str | None]]:
    """`"{A}-{B}"` as [("", "A"), ("-", "B")]; a last text has no name.

    ValueError where something else than a name is in braces, or they do not match: `names` says what may be there.
    """
    try:
        parts = list(string.Formatter().parse(template))
    except ValueError as error:
        raise ValueError(f"template {template!r}: {error}; write {names} in braces, like {example!r}") from None
    if any(name == "" or specification or conversion for _, name, specification, conversion in parts):
        raise ValueError(f"template {template!r}: write only {names} in braces, like {example!r}")
    return [(text, name) for text, name, _, _ in parts]
