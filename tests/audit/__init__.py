"""What a person sees, hears and presses on every page of both services, in Chromium."""
