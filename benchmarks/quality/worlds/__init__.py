"""How much of the money that contacts could bring is found, on simulated worlds whose truth is known."""
