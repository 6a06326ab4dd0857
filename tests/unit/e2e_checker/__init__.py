"""The checker itself is checked: forged histories that it must reject, good ones it must accept."""
