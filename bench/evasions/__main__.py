"""Print the table."""

from bench.evasions import main

if __name__ == "__main__":
    main()
