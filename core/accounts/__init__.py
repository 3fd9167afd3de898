"""Portal accounts and employees: passwords, attempts, sign-in, sessions."""
