"""Accounts: who may sign in, with which roles, for how long, and how guessing is slowed down."""
