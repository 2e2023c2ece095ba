"""A ledger's rows into partitions, step by step; a step reads what it needs from the scratch and leaves there what is
large. Nothing here holds the whole ledger."""

from collections import Counter
from collections.abc import Sequence

from ledger.as_of.reconcile import reconcile
from ledger.partitioned.distribute import BY_INVOICE, GroupHeads, Layout, PlacedRows, group_heads, place_rows
from ledger.partitioned.judge_partitions import (
    JudgedPartition,
    WholeLedger,
    judge_rows,
    looked_up_currencies,
    stated_currencies,
    survey,
)
from ledger.partitioned.runner import Runner, tried_again
from ledger.partitioned.scratch import LedgerScratch
from ledger.sources.chunks import Piece

ROWS_OF_A_STEP = 2_000_000  # small pieces are read together


def lay_out(scratch: LedgerScratch, runner: Runner) -> WholeLedger:
    """Every row of the ledger in the partition of its customer, and what all partitions must know of the whole."""
    request = scratch.request
    heads = runner.once(find_the_heads_of_groups, scratch)
    layout = Layout(scratch.folder / "ledger", request.partitions, request.known_by, heads)
    scratch.layout = layout
    pieces = request.source.pieces
    steps = batches(pieces)
    placed = runner.each(read_rows_into_partitions, scratch, [few for few in steps if not _by_invoice(pieces, few)])
    layout.keys("invoices").merge()
    layout.later_invoices.merge()
    placed += runner.each(read_rows_into_partitions, scratch, [few for few in steps if _by_invoice(pieces, few)])
    if scratch.when_rows_are_read is not None:
        scratch.when_rows_are_read()
    billed = stated_currencies(placed)
    if billed is None:
        scratch.placed = placed
        billed = sum(runner.each(look_up_currencies, scratch, range(request.partitions)), Counter())
    ledger = runner.once(survey_the_ledger, scratch, placed, billed)
    scratch.ledger = ledger
    return ledger


@tried_again
def find_the_heads_of_groups(scratch: LedgerScratch) -> GroupHeads:
    return group_heads([piece for piece in scratch.request.source.pieces if piece.table == "customers"])


@tried_again
def read_rows_into_partitions(scratch: LedgerScratch, numbers: list[int]) -> PlacedRows:
    pieces = scratch.request.source.pieces
    return place_rows([pieces[number] for number in numbers], f"{numbers[0]:05}", scratch.layout)


def look_up_currencies(scratch: LedgerScratch, partition: int) -> Counter[str]:
    return looked_up_currencies(scratch.layout, partition, scratch.placed)


def survey_the_ledger(scratch: LedgerScratch, placed: Sequence[PlacedRows], billed: Counter[str]) -> WholeLedger:
    request = scratch.request
    return survey(scratch.layout, placed, billed, request.settings.ledger, request.source.notes, request.losses)


def judge_and_reconcile_partition(scratch: LedgerScratch, partition: int) -> JudgedPartition:
    """Validate a partition, and prove that its balances as of the night are those of its records."""
    judged = judge_rows(scratch.ledger, partition)
    reconcile(scratch.view(partition))
    return judged


def _by_invoice(pieces: Sequence[Piece], numbers: list[int]) -> bool:
    """Whether pieces can be placed only once the invoices are; a batch is of one table."""
    return pieces[numbers[0]].table in BY_INVOICE


def batches(pieces: Sequence[Piece]) -> list[list[int]]:
    """The numbers of the pieces, in batches of one table each that are read in one step."""
    batches_of_numbers: list[list[int]] = []
    rows, table = 0, ""
    for number, piece in enumerate(pieces):
        if rows + piece.rows > ROWS_OF_A_STEP or piece.table != table:
            batches_of_numbers.append([])
            rows, table = 0, piece.table
        batches_of_numbers[-1].append(number)
        rows += piece.rows
    return batches_of_numbers
