#!/bin/sh
# symbols.sh NM [KERNEL]: prints, as assembly, the table of symbols.h: the kernel's functions in order of
# address, and a last row without a name. Without KERNEL, only that row.
set -eu
nm=$1
shift
echo '    .section .symbols, "a"'
echo '    .balign 8'
echo '    .globl symbols'
echo 'symbols:'
{
    if [ $# -gt 0 ]; then
        "$nm" -n "$1" | awk '$2 ~ /^[tT]$/ { print $1, $3 }'
    fi
} | awk '
    {
        count++
        name[count] = $2
        printf "    .8byte 0x%s, name_%d\n", $1, count
    }
    END {
        print "    .8byte -1, 0"
        for (i = 1; i <= count; i++)
            printf "name_%d: .asciz \"%s\"\n", i, name[i]
        print "    .section .note.GNU-stack, \"\", @progbits"
    }
'
