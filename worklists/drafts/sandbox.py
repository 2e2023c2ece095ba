"""Templates that a company may write itself: they see figures and texts, and nothing else, for a bounded while."""

from pathlib import Path
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

MOST_STEPS = 50_000  # turns of loops and calls of macros in one text: a letter of a thousand invoices needs 3,000
LARGEST_FACTOR = 1_000
EXTENSION = ".txt"


class Endless(jinja2.TemplateRuntimeError):
    """A template that takes more steps than any text needs."""


class Templates(ImmutableSandboxedEnvironment):
    """The templates of a company's folder first, then ours."""

    intercepted_binops = frozenset(["*", "**"])

    def __init__(self, folder: str | None, autoescape: bool) -> None:
        ours = jinja2.PackageLoader("worklists.drafts")
        theirs = [jinja2.FileSystemLoader(folder)] if folder else []
        super().__init__(
            loader=jinja2.ChoiceLoader([*theirs, ours]), autoescape=autoescape, undefined=jinja2.StrictUndefined,
            trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
        )  # fmt: skip
        self._steps = 0

    def step(self) -> str:
        """Count a turn of a loop or a call of a macro. Endless where there were too many."""
        self._steps += 1
        if self._steps > MOST_STEPS:
            raise Endless(f"more than {MOST_STEPS:,} turns of loops; is there an end to them?")
        return ""

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """A product or power of small numbers; SecurityError of what would fill the memory."""
        if any(not isinstance(one, int | float) or abs(one) > LARGEST_FACTOR for one in (left, right)):
            raise SecurityError(f"{operator} is only for numbers up to {LARGEST_FACTOR:,}")
        return super().call_binop(context, operator, left, right)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        repeated: list[nodes.For | nodes.Macro] = [*tree.find_all(nodes.For), *tree.find_all(nodes.Macro)]
        for found in repeated:
            count = nodes.Call(nodes.EnvironmentAttribute("step"), [], [], None, None)
            found.body.insert(0, nodes.ExprStmt(count, lineno=found.lineno).set_lineno(found.lineno))
        return tree

    def written(self, names: list[str], values: dict[str, Any]) -> str:
        """The text of the first template that there is. TemplateFault where it cannot be made."""
        self._steps = 0
        try:
            return self.select_template(names).render(values)
        except jinja2.TemplatesNotFound:
            raise TemplateFault(names[-1], None, "there is no such template") from None
        except jinja2.TemplateSyntaxError as error:
            raise TemplateFault(error.name or names[0], error.lineno, error.message or "") from None
        except Exception as error:  # whatever a template's own reckoning does
            raise self._fault(names, error) from None

    def _fault(self, names: list[str], error: Exception) -> "TemplateFault":
        """With the innermost line of a template in the traceback."""
        place: tuple[str, int | None] = (names[0], None)
        known = {self._filename(name): name for name in self.list_templates(filter_func=lambda one: True)}
        traceback = error.__traceback__
        while traceback is not None:
            name = known.get(traceback.tb_frame.f_code.co_filename)
            place = place if name is None else (name, traceback.tb_lineno)
            traceback = traceback.tb_next
        return TemplateFault(*place, str(error) or type(error).__name__)

    def _filename(self, name: str) -> str | None:
        try:
            return self.get_template(name).filename
        except jinja2.TemplateError:
            return None

    def languages(self) -> set[str]:
        """The languages that there are texts in."""
        return {Path(name).parts[0] for name in self.list_templates() if name.endswith(EXTENSION) and "/" in name}


class TemplateFault(ValueError):
    """A template that cannot be used: its name, the line where known, and what is wrong."""

    def __init__(self, name: str, line: int | None, why: str) -> None:
        super().__init__(f"{name}: {why}")
        self.name, self.line, self.why = name, line, why
