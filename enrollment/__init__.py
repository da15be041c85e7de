"""Adding factors to an account: ceremonies, tickets, stations and the kiosk."""
