"""Planted payers: who they are is known, and what a call does to them."""

from functools import cache

import numpy as np

from features.payment_days import NO_CONTACT, PaymentDays, state_of
from ledger.tables import CHANNELS

AS_OF = 19_800  # 2024-03-18
CALL = CHANNELS.index("call")
PROMPT, FORGETFUL, NEVER = 0.3, 0.01, 0.0
CUSTOMERS, INVOICES = 240, 20


@cache
def planted(seed: int = 1, effect: float = 0.3, chosen: float = 1.0) -> tuple[PaymentDays, np.ndarray]:
    """A third of the customers pays by itself, a third hardly ever but for a call (`effect` a day for a week), a third
    never. Every second invoice gets a call on the 10th day past due; such invoices pay `chosen` times as often by
    themselves."""
    draw = np.random.default_rng(seed)
    kind = np.arange(CUSTOMERS) % 3
    rows = []
    for customer in range(CUSTOMERS):
        for _ in range(INVOICES):
            due, called = AS_OF - int(draw.integers(40, 500)), draw.random() < 0.5
            for age in range(-7, 36):
                since = age - 10
                fresh = called and 1 <= since <= 30
                hazard = (PROMPT, FORGETFUL, NEVER)[kind[customer]] * (chosen if called else 1.0)
                if fresh and since <= 7 and kind[customer] == 1:
                    hazard = max(effect, hazard)
                paid = draw.random() < hazard
                state = int(state_of(np.array(CALL), np.array(since))) if fresh else NO_CONTACT
                rows.append((customer, due + age, age, state, float(paid)))
                if paid:
                    break
    customer, day, age, state, share = (np.array(column) for column in zip(*rows, strict=True))
    return PaymentDays(customer, day, age, state, state > 0, share), kind
