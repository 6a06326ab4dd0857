"""Who takes part: customers, agents and a supervisor, each as a real client."""
