"""Proxies: a second person who acts for a tenant in one tenancy, invited by mail, so far and so long as was granted."""
