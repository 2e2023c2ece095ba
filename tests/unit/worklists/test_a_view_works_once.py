"""What several readers ask of a night's view is worked out once for each partition."""

from collections import Counter

import pytest

from configs.settings import load_settings
from ledger.as_of import balances, promises, view
from models.night_models import Models
from tests.support import small_models
from tests.support.nights.in_this_process import night_of
from tests.support.written_decisions import NOTHING_LEARNED

WORK = [
    (balances, "disputed_amounts"),
    (balances, "invoice_parts"),
    (balances, "unapplied_cash"),
    (balances, "customer_balances"),
    (promises, "not_yet_due"),
    (promises, "due"),
]


def test_a_night_in_one_partition_sees_the_ledger_once_and_works_each_figure_out_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calls: Counter[str] = Counter()

    def counted(module: object, name: str) -> None:
        work = getattr(module, name)

        def count_and_work(*arguments: object) -> object:
            calls[name] += 1
            return work(*arguments)

        monkeypatch.setattr(module, name, count_and_work)

    models = Models(small_models.late_rule(), small_models.default_rule(), NOTHING_LEARNED)
    folder = small_models.ledger_folder()
    for module, name in WORK:
        counted(module, name)
    counted(view, "added_up")
    night_of(folder, small_models.NIGHT, models, load_settings())
    # The second look at the invoices is the key figures' at the night a month ago.
    assert calls == {**{name: 1 for _, name in WORK}, "added_up": 2}
