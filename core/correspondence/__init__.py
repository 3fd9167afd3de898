"""Letters to tenants: handed in or written here, matched, sent as copies, opened with a record, recalled while unopened."""
