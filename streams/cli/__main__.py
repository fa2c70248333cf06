"""``python -m streams.cli``: how this program starts itself as a child."""

from streams.cli.app import main

if __name__ == "__main__":
    main()
