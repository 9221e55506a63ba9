"""The files here are targets to be opened in processes of their own, never imported by pytest."""

collect_ignore_glob = ["*.py"]
