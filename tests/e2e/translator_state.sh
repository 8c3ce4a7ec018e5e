#!/bin/sh
# The translator's state, saved and set back: see translator_state.c, which prints TAP itself.
exec "$O/tests/e2e/translator_state" "$O/guest/rv64/prime" "$O/guest/rv64/kernel" "$O/guest/rv64/initrd.cpio"
