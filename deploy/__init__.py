"""What it takes to run Switchboard: on a laptop, in an image, on Kubernetes."""
