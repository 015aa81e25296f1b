"""`python -m protonet` is `protonet`."""

import sys

from .cli.main import main

sys.exit(main())
