"""What the commands of ``gongkai`` do, one module per group; flows/cli.py holds their options and help."""
