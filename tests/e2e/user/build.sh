# shellcheck shell=sh
# build.sh: compiles the test programs of this folder; sourced by the user_*.sh tests.
#
#   user_build_rv64 NAME        -> $tap_tmp/rv64/NAME      with Debian's Linux cross compiler
#   user_build_native NAME      -> $tap_tmp/native/NAME    the same source for this host
#   user_run ARGUMENT...        runs a program under the interpreter, system calls passed through
#
# Programs are linked with the guest library. System call numbers come from the kernel's headers.

: "${tap_tmp:?source tests/tap.sh first}"
user_sources=tests/e2e/user
user_flags="-std=c11 -Wall -Wextra -Werror -O1 -g -static -nostdlib -ffreestanding -fno-builtin \
    -fno-pic -no-pie -fno-stack-protector -D_GNU_SOURCE -nostdinc -I. -Iguest/lib/include"
user_link="-Wl,-T,guest/lib/program.ld -Wl,-z,noexecstack -Wl,-z,max-page-size=4096 \
    -Wl,--build-id=none"
mkdir -p "$tap_tmp/rv64" "$tap_tmp/native" "$tap_tmp/kernel"
# rv64's own asm/ headers are the generic ones.
ln -sfn /usr/include/asm-generic "$tap_tmp/kernel/asm"

user_build_rv64()
{
    # shellcheck disable=SC2086 # the flags are many words
    riscv64-linux-gnu-gcc $user_flags $user_link -march=rv64imac -mabi=lp64 \
        -Iguest/lib/arch/rv64/include -Wl,--defsym=image_base=0x10000 \
        -isystem "$(riscv64-linux-gnu-gcc -print-file-name=include)" \
        -D__BITS_PER_LONG=64 -D__ARCH_WANT_NEW_STAT -idirafter "$tap_tmp/kernel" \
        -idirafter /usr/include -include asm/unistd.h -o "$tap_tmp/rv64/$1" \
        "$O/guest/rv64/crt0.o" "$user_sources/$1.c" "$O/guest/rv64/libguest.a"
}

user_build_native()
{
    # shellcheck disable=SC2086
    gcc $user_flags $user_link -fcf-protection=none \
        -Iguest/lib/arch/x86_64/include -Wl,--defsym=image_base=0x400000 \
        -isystem "$(gcc -print-file-name=include)" -idirafter /usr/include \
        -idirafter "/usr/include/$(gcc -print-multiarch)" -include asm/unistd_64.h \
        -o "$tap_tmp/native/$1" \
        "$O/guest/x86_64/crt0.o" "$user_sources/$1.c" "$O/guest/x86_64/libguest.a"
}

user_run()
{
    "$TRIVIUM" run --on interp --user "$@"
}
