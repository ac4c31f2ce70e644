"""Orders of marketplaces, whoever tells of them: a file read row by row, or a program that asks the marketplace."""
