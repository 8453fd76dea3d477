#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""fresh.py FILE COMMAND …: the committed file is what the command prints."""
import pathlib
import subprocess
import sys

file, command = pathlib.Path(sys.argv[1]), sys.argv[2:]
printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
if not file.exists() or file.read_text(encoding="utf-8") != printed:
    sys.exit(f"{file} is stale; write it anew: {' '.join(command)} > {file}")
