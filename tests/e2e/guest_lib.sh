#!/bin/sh
# The guest library: its tests on both ISAs, what that test expects against the host's C library,
# and programs of one's own.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"

CC=${CC:-gcc}
rv64_cc=${GUEST_RV64_CC:-$(guest/find-cc)}

# guest FILE: runs an RV64 or x86-64 program.
guest()
{
    case $isa in
    rv64) qemu-riscv64 "$@" ;;
    *) "$@" ;;
    esac
}

# A program that relies on what only this library promises: fork writes buffered output first, and a
# lost write makes exit fail.
cat >"$tap_tmp/own.c" <<'END'
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct pair { const char *name; int value; };

static int compare(const void *a, const void *b)
{
    return strcmp(((const struct pair *)a)->name, ((const struct pair *)b)->name);
}

int main(int argc, char **argv)
{
    assert(argc > 1);
    struct pair pairs[] = {{"two", 2}, {"one", 1}, {"three", 3}};
    qsort(pairs, 3, sizeof(pairs[0]), compare);
    printf("%d: %s %s %s;", argc, pairs[0].name, pairs[1].name, pairs[2].name);
    if (fork() == 0) {
        printf(" child");
        exit(0);
    }
    wait(NULL);
    printf(" parent %s\n", argv[argc - 1]);
    return 0;
}
END

# own COMPILER FLAG...: builds it with our headers and library, by the linker's own map.
own()
{
    # shellcheck disable=SC2086,SC2048 # words on purpose
    $* -O1 -g -ffreestanding -static -nostdlib -fno-pic -fno-stack-protector -nostdinc \
        -isystem "$($* -print-file-name=include)" -isystem guest/lib/include \
        -isystem "guest/lib/arch/$isa/include" -o "$tap_tmp/own-$isa" \
        "$O/guest/$isa/crt0.o" "$tap_tmp/own.c" "$O/guest/$isa/libguest.a"
}

test_isa()
{
    tap_ok "$isa: the library passes its test" guest "$O/guest/$isa/test/lib_test"
    tap_ok "$isa: rates and percentiles are true" guest "$O/guest/$isa/test/measure_test"
    tap_is "$isa: a lost write makes exit fail" 1 \
        "$(guest "$O/guest/$isa/test/lib_test" >/dev/full 2>&1; echo $?)"
    if [ "$isa" = rv64 ]; then
        tap_ok "$isa: a program of one's own is built with the library" \
            own "$rv64_cc" -march=rv64imac -mabi=lp64
    else
        tap_ok "$isa: a program of one's own is built with the library" own "$CC" -m64
    fi
    tap_is "$isa: it runs, and fork wrote what was buffered once" \
        "2: one three two; child parent x" "$(guest "$tap_tmp/own-$isa" x)"
    tap_is "$isa: a wrong assertion is told and ends it by SIGABRT" \
        "own-$isa: $tap_tmp/own.c:17: assertion failed: argc > 1 [134]" \
        "$( (guest "$tap_tmp/own-$isa"; echo "[$?]") 2>&1 | grep -e assertion -e '\[' | tr '\n' ' ' |
           sed 's/ $//')"
}

isa=x86_64
test_isa
isa=rv64
if command -v qemu-riscv64 >/dev/null; then
    test_isa
else
    tap_skip "rv64: the library passes its test" "qemu-riscv64 is missing (package qemu-user)"
fi

tap_ok "the test of the library also holds for the host's C library" sh -c \
    '"$1" -std=c11 -D_GNU_SOURCE -O1 -o "$2/host_test" guest/test/lib_test.c && "$2/host_test"' \
    sh "$CC" "$tap_tmp"
for source in guest/bin/*.c guest/bin/sh/*.c; do
    tap_ok "$source is C that the host's library compiles too" \
        "$CC" -std=c11 -D_GNU_SOURCE -Wall -Wextra -Werror -I. -O1 -c -o "$tap_tmp/host.o" "$source"
done

# Every other compiler that the build may choose builds the same programs.
builds()
{
    make -f - "O=$tap_tmp/$1" "CC=$CC" "GUEST_RV64_CC=$2" WERROR=1 >"$tap_tmp/make.log" 2>&1 <<'END'
WARNINGS := -Wall -Wextra -Wconversion -Werror
Q := @
all: $(O)/guest/rv64/test/lib_test $(O)/guest/rv64/prime
include guest/guest.mk
END
    result=$?
    cat "$tap_tmp/make.log"
    [ "$result" -eq 0 ] && readelf -W -l "$tap_tmp/$1/guest/rv64/prime" | grep 'GNU_STACK.* 0x010000 RW ' &&
        qemu-riscv64 "$tap_tmp/$1/guest/rv64/test/lib_test" &&
        qemu-riscv64 "$tap_tmp/$1/guest/rv64/prime" --events 1 | grep -q 'Primes found: 1228'
}

# other NAME COMMAND TOOL...: one such compiler, if its tools are here.
other()
{
    other_name=$1 other_command=$2
    shift 2
    for tool in "$@" qemu-riscv64; do
        if ! command -v "$tool" >/dev/null; then
            tap_skip "$other_name builds RV64 programs that run" "$tool is missing"
            return
        fi
    done
    tap_ok "$other_name builds RV64 programs that run" builds "$other_name" "$other_command"
}
other gcc-riscv64-unknown-elf riscv64-unknown-elf-gcc riscv64-unknown-elf-gcc
other gcc-riscv64-linux-gnu riscv64-linux-gnu-gcc riscv64-linux-gnu-gcc
other clang "$(sed -n 's/.*echo "\(clang .*\)".*/\1/p' guest/find-cc)" clang ld.lld
no_compiler()
{
    make -f - "O=$tap_tmp/none" "CC=$CC" GUEST_RV64_CC= 2>&1 <<'END'
all: $(O)/guest/rv64/hello
include guest/guest.mk
END
}
tap_like "without an RV64 compiler the build names the packages" \
    'No C compiler for rv64.*gcc-riscv64-unknown-elf' "$(no_compiler)"
tap_done
