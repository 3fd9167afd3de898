"""Opening an account: the request, its paper, its review, its clock."""
