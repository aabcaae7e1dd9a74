"""What outlives the server: runs, their history and newest checkpoint, in one database."""
