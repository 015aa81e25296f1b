"""`python -m protonet` and `protonet`: the command line, from the first moment on."""

import sys


def main() -> int:
    try:
        from .cli.main import main as command

        return command()
    except KeyboardInterrupt:  # while that is imported, or when all is done
        sys.stderr.write("protonet: interrupted\n")
        return 130


if __name__ == "__main__":
    sys.exit(main())
