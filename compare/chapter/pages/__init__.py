"""The report's pages on the chapter itself."""
