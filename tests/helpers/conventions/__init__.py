"""The two frameworks' own conventions, shown."""
