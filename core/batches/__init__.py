"""The record of every file that was handed in, to which loaded rows refer."""
