"""Slips on paper: one model of what a sheet shows, and the PDF and the DOCX made from it."""
