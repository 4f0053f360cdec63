"""Print the table."""

from bench.challenge import run

if __name__ == "__main__":
    for name, value in run():
        print(f"{name:58} {value}")
