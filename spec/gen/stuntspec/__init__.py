# SPDX-License-Identifier: GPL-2.0-or-later
"""Generator of everything that is written once in spec/: headers, C tables, Lua table, docs tables."""
