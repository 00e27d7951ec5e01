"""`python -m wikilake.cli`, where the script `wikilake` is not on the path."""

from wikilake.cli import main

main()
