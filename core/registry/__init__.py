"""Tenants, tenancies, premises, buildings and who serves them."""
