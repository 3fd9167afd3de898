"""What a tenant is told on the home page, and by mail where wanted."""
