"""Why a score is what it is: one row a score, in numbers and the few sentences they share, and read as rows of reasons.

A night explains millions of scores with a few hundred sentences: each is written once, with a gap for its figure.
"""

from features.declarations import BASE, GAP, OTHERS
from ledger.declarations import Column, Table, number, text, whole
from worklists.score_db.tables.columns import AS_OF, RUN_ID
from worklists.score_db.tables.views import View

PLACES = 3  # features that a score is explained by, at most

ENTITY = text("entity", "the invoice_id or customer_id, as the model says")
MODEL = text("model", "the score that is explained: late_payment of an invoice, unpaid_30d or default of a customer")


def _place(place: int) -> tuple[Column, ...]:
    """A reason; all of it is empty where the feature moves nothing, `value_` also where the feature is missing."""
    return (
        whole(f"sentence_{place}", f"sentence of reason {place} (reason_sentences.number)", "hash", optional=True),
        text(f"figure_{place}", "the figure in its sentence, as it is read; '' where there is none", optional=True),
        number(f"value_{place}", "the feature's value; empty where missing", "the feature's", optional=True),
        number(f"contribution_{place}", "share of the feature in the model's raw score", "log-odds", optional=True),
    )


EXPLANATIONS = Table(
    "explanations",
    "Why a score is what it is, one row a score: the features that count most, then all others, then the base value. "
    "Ask `reasons`, which has a row for each.",
    key=("as_of", "entity", "model"),
    columns=(
        RUN_ID,
        AS_OF,
        ENTITY,
        MODEL,
        *(column for place in range(1, PLACES + 1) for column in _place(place)),
        number("others_contribution", "share of all other features in the model's raw score", "log-odds"),
        number("base_contribution", "where every score of the model starts", "log-odds"),
        whole("places", "places that features have: all others come after them", "count"),
    ),
)

REASON_SENTENCES = Table(
    "reason_sentences",
    f"The sentences of a night's explanations, each once, with {GAP} where a figure stands.",
    key=("as_of", "number"),
    columns=(
        RUN_ID,
        AS_OF,
        whole("number", "the sentence, as explanations name it", "hash"),
        text("feature", "name in the feature dictionary"),
        text("sentence", "the reason in words, but for its figure"),
    ),
)


def _of_place(column: str) -> str:
    cases = " ".join(f"WHEN {place} THEN told.{column}_{place}" for place in range(1, PLACES + 1))
    return f"CASE place.number {cases}"


REST, START = PLACES + 1, PLACES + 2

REASONS = View(
    "reasons",
    "Why a score is what it is: the exact contributions of the features that count most, the largest first.",
    key=("as_of", "model", "entity", "position"),
    columns=(
        RUN_ID,
        AS_OF,
        ENTITY,
        MODEL,
        text("feature", "name in the feature dictionary"),
        number("value", "the feature's value; empty where missing", "the feature's", optional=True),
        number("contribution", "share of the feature in the model's raw score", "log-odds"),
        text("text", "the reason in words", optional=True),
        whole("position", "1 is the largest contribution", "rank"),
    ),
    # One pass over the scores: with a query for each place SQLite would find one customer by reading all of them.
    query=f"""
        SELECT told.run_id, told.as_of, told.entity, told.model,
               CASE place.number WHEN {REST} THEN '{OTHERS}' WHEN {START} THEN '{BASE}' ELSE said.feature END
                   AS feature,
               {_of_place("value")} END AS value,
               {_of_place("contribution")} WHEN {REST} THEN told.others_contribution ELSE told.base_contribution END
                   AS contribution,
               CASE WHEN place.number > {PLACES} THEN ''
                    ELSE REPLACE(said.sentence, '{GAP}', {_of_place("figure")} END) END AS text,
               CASE place.number WHEN {REST} THEN told.places + 1 WHEN {START} THEN told.places + 2
                    ELSE place.number END AS position
        FROM explanations AS told
        CROSS JOIN ({" UNION ALL ".join(f"SELECT {place} AS number" for place in range(1, START + 1))}) AS place
        LEFT JOIN reason_sentences AS said ON said.as_of = told.as_of AND said.number = {_of_place("sentence")} END
        WHERE place.number > {PLACES} OR said.number IS NOT NULL
    """,
)
