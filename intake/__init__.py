"""The intake: takes what staff report, keeps it durably and projects it into data packages."""
