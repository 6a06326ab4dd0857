"""What operators look at: dashboards and alert rules, made from code and checked against it."""
