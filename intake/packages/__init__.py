"""Data packages: a projection of the journal that can be thrown away and made again."""
