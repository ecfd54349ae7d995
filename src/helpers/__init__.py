"""Karabakh Ledger's rooms, imports only downwards: data, analysis, charts, reports, cli."""
