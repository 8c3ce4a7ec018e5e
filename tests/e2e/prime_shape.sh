#!/bin/sh
# prime takes longer for larger limits as sysbench's cpu test does, in the same minutes on the same
# processor: docs/prime.md. Shapes are compared, of processor time in turns, so the bounds can be wide
# and hold on a busy host.
# shellcheck source=tests/tap.sh
. tests/tap.sh

if ! command -v sysbench >/dev/null; then
    tap_skip "prime scales as sysbench does" "there is no sysbench (apt-get install sysbench)"
    tap_done
    exit
fi
RUNS=3 TRIVIUM=$TRIVIUM bench/prime_shape.sh >"$tap_tmp/shape" 2>"$tap_tmp/err"
tap_is "both are measured" 0 $?
sed 's/^/# /' "$tap_tmp/shape" "$tap_tmp/err"
tap_is "for four limits" "2000 5000 10000 20000 exponent" "$(cut -d ' ' -f 1 "$tap_tmp/shape" | tr '\n' ' ' | sed 's/ $//')"
# From the loop itself: c^0.5 divisions for each prime, of which there are N / ln N, and few for the others.
tap_ok "sysbench's time grows with about the limit to the 1.4" \
    awk '/^exponent/ { exit !($4 > 1.15 && $4 < 1.65) }' "$tap_tmp/shape"
tap_ok "prime's exponent is sysbench's, within a quarter" \
    awk '/^exponent/ { d = $5 - $4; exit !(d > -0.25 && d < 0.25) }' "$tap_tmp/shape"
tap_ok "in 32 bits, too" awk '/^exponent/ { d = $6 - $4; exit !(d > -0.25 && d < 0.25) }' "$tap_tmp/shape"
tap_ok "and each limit takes prime between half and twice sysbench's time" \
    awk '$1 > 0 { r = $5 / $4; bad += !(r > 0.5 && r < 2) } END { exit bad > 0 }' "$tap_tmp/shape"

# Work that does not grow would be seen: the same count of primes has been found by both kinds of division.
tap_is "as many primes up to 20000 in 32 bits as in 64" "2261 2261" "$(for width in 32 64; do
    "$TRIVIUM" run prime --width $width --events 1 --max-prime 20000 | sed -n 's/^Primes found: *//p'
done | tr '\n' ' ' | sed 's/ $//')"
tap_done
