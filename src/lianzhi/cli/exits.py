"""Exit codes, as `lianzhi --help` promises them; click itself exits with 2 when called wrongly."""

#: Done, and the answer is no.
NO = 1
#: It could not be done.
FAILED = 3
