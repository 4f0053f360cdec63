"""Exit codes, as documented by `lianzhi --help`; click itself exits with 2 for wrong usage."""

#: The command ran, and the answer is no.
NO = 1
#: The command failed.
FAILED = 3
