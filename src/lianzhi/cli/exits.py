"""Exit codes, as documented by `lianzhi --help`; click itself exits with 2 for wrong usage."""

#: Done, and the answer is no.
NO = 1
#: It could not be done.
FAILED = 3
