"""What is compared, as data: components, cases, and the suite that holds them together."""
