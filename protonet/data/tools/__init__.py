"""What the commands on data do: make stores, look into them, change them."""
