#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Nets as large as they may be.
. "$(dirname "$0")/trace_shell.sh"

sentence "a net of 65,536 dies and 5,120 switches runs, and delivers"
"$oio" sim --net fat-tree:64 --fidelity event --generate poisson --messages 100 --quiet --json big.json || fail "exit status $?"
jq -e '.delivered == 100' big.json >/dev/null || fail "$(cat big.json)"

echo "1..$planned passed"
