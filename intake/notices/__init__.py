"""Notices: what people are told by mail, made from the journal, sent once, tried again."""
