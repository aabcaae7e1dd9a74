"""In: other tools' code, links and files of weights become experiments here. Code is read, never run."""
