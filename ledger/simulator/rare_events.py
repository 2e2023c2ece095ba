"""What happens seldom in a ledger and must be counted right all the same.

The rare events are added to a world that was simulated without them. They draw from a stream of their own and change
only records of invoices that no collector ever asked for, of claims that were given up, and of days without a contact:
all else stays as it was, and nobody was contacted who would not have been. What they leave open is in the book, so that
the truth knows of it.
"""

import numpy as np

from ledger.simulator import rare_claims, rare_money
from ledger.simulator.open_items import Journal, OpenItems
from ledger.simulator.population import Population
from ledger.simulator.rare_scene import scene_of
from ledger.simulator.worlds import Calendar, World


def add_rare_events(
    rng: np.random.Generator, people: Population, book: OpenItems, when: Calendar, journal: Journal, days: int,
    world: World,
) -> None:  # fmt: skip
    """Change and add to the journal of `days` days; nothing in a world in which nobody has paid yet."""
    if not journal.columns("payments"):
        return
    scene = scene_of(rng, people, book, when, journal, days)
    rare_claims.take_losses_back(scene)
    if world.businesses:
        rare_money.pay_in_dollars(scene)
        rare_money.pay_for_a_subsidiary(scene)
    rare_money.refund(scene)
    rare_money.pay_in_advance(scene)
    rare_money.announce_payments(scene, by_cheque=world.businesses)
    rare_claims.cancel_in_part(scene)
    rare_claims.let_small_differences_go(scene)
    rare_claims.agree_instalments(scene)
    rare_claims.hold(scene)
