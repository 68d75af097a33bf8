"""Forms: a Table Schema each, and everything that follows from it."""
