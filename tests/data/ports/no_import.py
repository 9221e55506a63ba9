import a_package_that_nobody_has  # noqa: F401  # it is to fail
