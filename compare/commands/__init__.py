"""The commands of `trueport`, one house each. Nothing heavy is imported before a command runs."""
