"""All that the portal holds of a tenant, as one file they may take away (GDPR, art. 15 and 20)."""
