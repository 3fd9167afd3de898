"""What we print, read by the programs that others read it with."""
