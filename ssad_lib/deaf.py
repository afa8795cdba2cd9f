"""Importing it lets a process ignore Ctrl-C, which is for its driver; that is all it is for.

The server from which processes are forked (`ssad_lib.warm`) would print a traceback into a notebook
that is interrupted while it imports what they need.
"""

import signal

signal.signal(signal.SIGINT, signal.SIG_IGN)
