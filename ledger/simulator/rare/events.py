"""What happens seldom in a ledger and must be counted right all the same.

The rare events are added to a world that was simulated without them. They draw from a stream of their own and change
only records of invoices that no collector ever asked for, of claims that were given up, and of days without a contact:
all else stays as it was, and no one was contacted who would not have been. What they leave open is in the book, so that
the truth knows of it.
"""

import numpy as np

from ledger.simulator.open_items import Journal, OpenItems
from ledger.simulator.population import Population
from ledger.simulator.rare import claims, money
from ledger.simulator.rare.scene import scene_of
from ledger.simulator.worlds import Calendar, World


def add_rare_events(
    rng: np.random.Generator, people: Population, book: OpenItems, when: Calendar, journal: Journal, days: int,
    world: World,
) -> None:  # fmt: skip
    """Change and add to the journal of `days` days; nothing in a world in which no one has paid yet."""
    if not journal.columns("payments"):
        return
    scene = scene_of(rng, people, book, when, journal, days)
    claims.take_losses_back(scene)
    if world.businesses:
        money.pay_in_dollars(scene)
        money.pay_for_a_subsidiary(scene)
    money.refund(scene)
    money.pay_in_advance(scene)
    money.announce_payments(scene, by_cheque=world.businesses)
    claims.cancel_in_part(scene)
    claims.let_small_differences_go(scene)
    claims.agree_instalments(scene)
    claims.hold(scene)
