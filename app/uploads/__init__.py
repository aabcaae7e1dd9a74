"""Somebody's own files read as examples: tables, pictures in folders, IDX and NPZ. Nothing in them is believed or run.

`reading.look` says what is in a file and what is wrong with it, `reading.keep` puts it where `engine.datasets.own`
finds it. Both are given paths and may take seconds and memory: the server has another process do it.
"""
