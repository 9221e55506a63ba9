"""How a stranger's code is taken for the chapter's functions and networks."""
