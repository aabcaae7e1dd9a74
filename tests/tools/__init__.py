"""Programs around the tests: `python -m tests.tools.docs`, `.browser`, `.lock`, `.screenshots`."""
