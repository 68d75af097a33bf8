"""The pack for a management review: what clause 9.3.2 asks for, out of registers and packages."""
