"""What is measured, against whom. Each module prints its command, the machine, the date and its figures."""
