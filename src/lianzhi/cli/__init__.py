"""The command line: `lianzhi <room> <verb>`."""
