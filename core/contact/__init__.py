"""How a tenant is reached: e-mail, telephone, address for letters; each change kept, and none that can be stolen."""
