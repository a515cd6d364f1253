"""What grades from outside: starts the sandbox, hands it cells and inputs, and judges the records that come back."""
