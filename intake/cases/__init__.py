"""Cases: what a submission becomes, and what may be done with it."""
