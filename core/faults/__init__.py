"""Fault reports: sent by tenants, handled by the office until they are done, and incidents that concern a whole building."""
