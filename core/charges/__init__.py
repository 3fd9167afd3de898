"""The charge schedule: what a tenancy pays a month by component, at which rate, and since when."""
