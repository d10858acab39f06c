"""`python -m experiments KEY=VALUE,VALUE ... -m`: a sweep, as Hydra users write it."""

import sys

from experiments.command.cli import main

if __name__ == "__main__":
    words = [word for word in sys.argv[1:] if word not in ("-m", "--multirun")]
    swept = len(words) < len(sys.argv) - 1
    sys.exit(main(["sweep", *words] if swept else words))
