#!/bin/sh
# The files of the bundled programs: plain static ELF, as every way of running them wants it.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"

# none FILE REGEX: no line of what readelf shows of the file matches.
none()
{
    readelf -W -h -l "$1" >"$tap_tmp/readelf" || return 1
    ! grep -E "$2" "$tap_tmp/readelf"
}

# header FILE LABEL: a field of the ELF header.
header()
{
    readelf -W -h "$1" | sed -n "s/^ *$2: *//p"
}

# entry_executable FILE: the entry lies in a segment that may be executed.
entry_executable()
{
    readelf -W -l "$1" | awk -v entry="$(header "$1" 'Entry point address')" '
        function hex(text,  value, i) {
            for (i = 3; i <= length(text); i++)
                value = value * 16 + index("0123456789abcdef", substr(text, i, 1)) - 1
            return value
        }
        $1 == "LOAD" && / R E / && hex(entry) >= hex($3) && hex(entry) < hex($3) + hex($6) { ok = 1 }
        END { exit !ok }'
}

test_program()
{
    file=$O/guest/$isa/$program
    tap_is "$isa/$program is for its ISA, at fixed addresses" "EXEC $machine" \
        "$(header "$file" Type | cut -d' ' -f1) $(header "$file" Machine)"
    tap_is "$isa/$program starts at $base" "$base" \
        "$(readelf -W -l "$file" | awk '$1 == "LOAD" { print $3; exit }' | sed 's/0x0*/0x/')"
    tap_ok "$isa/$program is entered where it may be executed" entry_executable "$file"
    tap_ok "$isa/$program has no interpreter, no dynamic part, no thread-local storage" \
        none "$file" 'INTERP|DYNAMIC|TLS'
    tap_ok "$isa/$program has no memory that may be written and executed" none "$file" ' RWE | WE '
    tap_is "$isa/$program has no executable stack" RW \
        "$(readelf -W -l "$file" | awk '$1 == "GNU_STACK" { print $7 }')"
    tap_is "$isa/$program asks for 64 KiB of stack" 0x010000 \
        "$(readelf -W -l "$file" | awk '$1 == "GNU_STACK" { print $6 }')"
    tap_like "$isa/$program can be debugged" debug_line "$(readelf -W -S "$file")"
}

for isa in rv64 x86_64; do
    machine="RISC-V" base=0x10000
    [ $isa = rv64 ] || machine="Advanced Micro Devices X86-64" base=0x400000
    for program in hello prime fork mix syscalls sh ls cat echo ps stress; do
        test_program
        # Bit 0 of the flags says that there may be compressed instructions, bits 1 and 2 floating
        # point in arguments.
        [ $isa = x86_64 ] ||
            tap_is "rv64/$program has neither compressed instructions nor floating point" 0x0 \
                "$(header "$file" Flags)"
    done
done

# The checks see what they look for.
cat >"$tap_tmp/bad.c" <<'END'
static _Thread_local int local;
int main(void) { return local; }
END
${CC:-gcc} -o "$tap_tmp/bad" "$tap_tmp/bad.c" -Wl,-z,execstack
tap_not "a program with an interpreter and thread-local storage would be seen" \
    none "$tap_tmp/bad" 'INTERP|DYNAMIC|TLS'
tap_not "memory that may be written and executed would be seen" \
    none "$tap_tmp/bad" ' RWE | WE '
tap_done
