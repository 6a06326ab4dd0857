"""What travels: every sample ever published decodes for ever, and the documents are true."""
