"""The controlled documents on paper: a PDF of each revision that has a text on the portal.

A paper copy is set from the built page, so that paper and portal say the same. It is made once for
what it shows, kept under a name made of that, and put into every release whose page still says it.
"""
