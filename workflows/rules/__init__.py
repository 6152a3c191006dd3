"""The rules of the linter: each is a function that looks at a definition and reports what is wrong."""
