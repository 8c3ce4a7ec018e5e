#!/usr/bin/env bash
# prime_shape.sh [--markdown]: does `prime` take longer for larger limits as sysbench's cpu test does?
#
# Both, and `prime --width 32`, are run on this processor in turns, five times for each limit, and the
# medians of the processor time of an event are told: that is all of a run less that of a run with one
# event, so neither starts nor neighbours count. Lines, separated by blanks:
#
#     LIMIT CANDIDATES DIVISIONS SYSBENCH PRIME PRIME32      times in microseconds
#     exponent - - SYSBENCH PRIME PRIME32                    of the limit, as a straight line through logarithms
#
# `trivium` is the one in $O. Needs jq and sysbench.
set -euo pipefail
trivium=${TRIVIUM:-${O:-build}/trivium}
limits="2000 5000 10000 20000"
runs=${RUNS:-5}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
# sysbench is no program of ours: it runs as a file.
sysbench=$(command -v sysbench) || { echo "prime_shape.sh: there is no sysbench (apt-get install sysbench)" >&2; exit 1; }

# cpu COMMAND...: seconds of processor time, the kernel's too.
cpu()
{
    "$trivium" run --on native --json "$scratch/json" "$@" >"$scratch/out"
    jq '.user_seconds + .system_seconds' "$scratch/json"
}

# seconds WHO LIMIT EVENTS
seconds()
{
    case $1 in
    sysbench) cpu "$sysbench" cpu --cpu-max-prime="$2" --events="$3" --time=0 run ;;
    prime) cpu prime --max-prime "$2" --events "$3" --time 0 ;;
    prime32) cpu prime --width 32 --max-prime "$2" --events "$3" --time 0 ;;
    esac
}

for limit in $limits; do
    # As many as take a tenth of a second or so: the time grows a little faster than with LIMIT^1.4.
    events=$(awk -v n="$limit" 'BEGIN { printf "%d", 300 * (10000 / n) ^ 1.45 }')
    for ((run = 0; run < runs; run++)); do
        for who in sysbench prime prime32; do
            echo "$limit $who $events $(seconds $who "$limit" 1) $(seconds $who "$limit" $((events + 1)))"
        done
    done
done >"$scratch/samples"

awk -v limits="$limits" -v markdown="${1:-}" '
    function median(list, n, i, j, t) {
        for (i = 2; i <= n; i++)
            for (j = i; j > 1 && list[j] < list[j - 1]; j--) { t = list[j]; list[j] = list[j - 1]; list[j - 1] = t }
        return n % 2 ? list[(n + 1) / 2] : (list[n / 2] + list[n / 2 + 1]) / 2
    }
    # The candidates of sysbench, and the divisions that find their least factors.
    function count(limit, c, l) {
        candidates = divisions = 0
        for (c = 3; c < limit; c++) {
            candidates++
            for (l = 2; l * l <= c; l++) { divisions++; if (c % l == 0) break }
        }
    }
    { n = ++samples[$1, $2]; cost[$1, $2, n] = ($5 - $4) / $3 * 1e6 }
    END {
        count_limits = split(limits, limit, " ")
        split("sysbench prime prime32", who, " ")
        if (markdown != "")
            print "| max-prime | candidates | divisions | sysbench, us | ns a division | prime, us | ns a division | prime --width 32, us | ns a division |\n|---|---|---|---|---|---|---|---|---|"
        for (i = 1; i <= count_limits; i++) {
            count(limit[i])
            line = limit[i] (markdown != "" ? " | " : " ") candidates (markdown != "" ? " | " : " ") divisions
            for (w = 1; w <= 3; w++) {
                n = samples[limit[i], who[w]]
                for (j = 1; j <= n; j++) list[j] = cost[limit[i], who[w], j]
                us = median(list, n)
                x = log(limit[i]); y = us > 0 ? log(us) : 0
                sx[w] += x; sy[w] += y; sxx[w] += x * x; sxy[w] += x * y
                line = line (markdown != "" ? sprintf(" | %.1f | %.2f", us, us * 1000 / divisions) : sprintf(" %.2f", us))
            }
            print markdown != "" ? "| " line " |" : line
        }
        line = ""
        for (w = 1; w <= 3; w++) {
            slope = (count_limits * sxy[w] - sx[w] * sy[w]) / (count_limits * sxx[w] - sx[w] ^ 2)
            line = line (markdown != "" ? sprintf(" | %.2f |", slope) : sprintf(" %.3f", slope))
        }
        print (markdown != "" ? "| exponent | | " : "exponent - -") line (markdown != "" ? " |" : "")
    }' "$scratch/samples"
