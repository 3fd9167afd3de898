"""What `make` calls beside the product: environment, browser, start of both apps."""
