# shellcheck shell=bash
# leaks.sh: does something of a solution stand where it was cut out? Source it.
#
#   leaks REGION FILE CUT    FILE has that region, CUT is the same without solutions: the lines of REGION's
#                            that say something, and stand in CUT more often than in FILE outside of regions
leaks()
{
    local region=$1 file=$2 cut=$3 line given shipped
    awk -v solution="$region" -f labs/cut.awk "$file" | sed 's/^ *//' | grep -E '.{14}' | grep -E '[=(]' |
        sort -u | while read -r line; do
        given=$(sed 's/^ *//' "$cut" | grep -cxF -e "$line")
        shipped=$(awk -v outside=1 -f labs/cut.awk "$file" | sed 's/^ *//' | grep -cxF -e "$line")
        [ "$given" -le "$shipped" ] || echo "$line"
    done
}
