"""The commands, a file each: the only room that prints or exits."""
