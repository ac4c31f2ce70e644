"""What a till or a web shop sends in bulk: its customers and its sales, known again by its own ids."""
