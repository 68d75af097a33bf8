"""The maintainers' commands and the code that builds the site."""
