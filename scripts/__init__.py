"""Programs for maintainers: run from the top of the repository, `python -m scripts.NAME`."""
