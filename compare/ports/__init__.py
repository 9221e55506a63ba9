"""Who is compared: frameworks, registered ports, a stranger's code."""
