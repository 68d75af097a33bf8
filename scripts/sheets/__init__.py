"""Registers as spreadsheets, and back."""
