"""Training runs: who computes them (host, worker, pool), who watches (mailbox), and one door to it all (manager)."""
