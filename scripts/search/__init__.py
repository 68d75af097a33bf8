"""Search for Vietnamese static sites: an index built after the site, an engine for the browser."""
