"""The demo simulator: a receivables ledger whose customers' habits and contact effects are known.

`simulate` gives the ledger that a company would hold on the last simulated day, and beside it the truth that no
real ledger shows. The same arguments give the same frames.
"""

from ledger.simulator.simulate import Simulation, simulate

__all__ = ["Simulation", "simulate"]
