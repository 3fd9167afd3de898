"""Who may do what: live sessions, scopes, roles and permissions."""
