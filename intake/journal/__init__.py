"""The journal: one append-only table of events, and what was sent with them."""
