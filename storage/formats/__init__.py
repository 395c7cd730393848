"""Items as documents of the formats that consumers read; push and pull say the same thing."""
