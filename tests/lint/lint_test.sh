#!/bin/sh
# The test of the lint: what each part is there to find is planted, and must be found. The same
# file without the mistake must pass, or the part would prove nothing.
# shellcheck source=tests/tap.sh
. tests/tap.sh

dir=$tap_tmp

# part NAME [VARIABLE=VALUE...]: that part of the lint, on what was planted only.
part()
{
    name=$1
    shift
    make -s "lint-$name" O="$dir/build" LINT_C= LINT_H= "$@"
}

# finds PART WHAT TEXT COMMAND...: the command fails, and says what it found.
finds()
{
    finds_name="lint-$1 finds $2"
    finds_text=$3
    shift 3
    if output=$("$@" 2>&1); then
        output="(the lint passed, with:) "
    fi
    tap_like "$finds_name" "$finds_text" "$output"
}

# A file in which there is nothing to find.
cat >"$dir/good.c" <<'END'
/* good.c: nothing to find. */
int twice(int number);

static const char *const names[] = {"zero", "one"};
const char *name(int number);

int twice(int number)
{
    return 2 * number;
}

const char *name(int number)
{
    return names[number & 1];
}
END
cat >"$dir/good.h" <<'END'
/* good.h: nothing to find. */
#ifndef GOOD_H
#define GOOD_H

#include <stdint.h>

uint64_t good(void);

#endif
END
for each in format gcc clang globals cppcheck tidy; do
    tap_ok "lint-$each passes a good file" part "$each" LINT_C="$dir/good.c"
done
tap_ok "lint-headers passes a good header" part headers LINT_H="$dir/good.h"

printf 'int  f( void ) ;\n' >"$dir/format.c"
finds format "another format" "clang-formatted" part format LINT_C="$dir/format.c"

cat >"$dir/warning.c" <<'END'
unsigned short narrow(unsigned long wide);
unsigned short narrow(unsigned long wide)
{
    return wide;
}
END
finds gcc "a conversion that loses bits" "Werror=conversion" part gcc LINT_C="$dir/warning.c"
finds clang "a conversion that loses bits" "Wimplicit-int-conversion" \
    part clang LINT_C="$dir/warning.c"

printf '/* No guard, no include. */\nuint64_t lonely(void);\n' >"$dir/lonely.h"
finds headers "a header that needs another" "uint64_t" part headers LINT_H="$dir/lonely.h"
printf 'struct twice {\n    int once;\n};\n' >"$dir/unguarded.h"
finds headers "a header without a guard" "redefinition" part headers LINT_H="$dir/unguarded.h"

cat >"$dir/global.c" <<'END'
int count(void);
int count(void)
{
    static int calls;

    return ++calls;
}
END
finds globals "a mutable static" "calls" part globals LINT_C="$dir/global.c"
printf 'extern int shared;\nint shared = 3;\n' >"$dir/shared.c"
finds globals "a mutable global" "shared" part globals LINT_C="$dir/shared.c"

cat >"$dir/leak.c" <<'END'
#include <stdlib.h>
int leak(int size);
int leak(int size)
{
    char *bytes = malloc((size_t)size);

    return bytes == NULL ? 0 : 1;
}
END
finds cppcheck "a leak" "memleak|Memory leak" part cppcheck LINT_C="$dir/leak.c"

cat >"$dir/tidy.c" <<'END'
#include <string.h>
int same(const char *a, const char *b);
int same(const char *a, const char *b)
{
    return strcmp(a, b) ? 0 : sizeof(a) == strlen(b);
}
int after_free(char *(*get)(void), void (*drop)(char *));
int after_free(char *(*get)(void), void (*drop)(char *))
{
    char *text = get();
    int *nothing = 0;

    drop(text);
    return *nothing;
}
END
finds tidy "a null dereference" "NullDereference" part tidy LINT_C="$dir/tidy.c"

# The other parts are scripts that are given files.
mkdir -p "$dir/tree/lib" "$dir/tree/emu/cpu" "$dir/tree/guest/bin"
root=$PWD
in_tree()
{
    (cd "$dir/tree" && "$@")
}
arrows()
{
    in_tree "$root/tests/lint/arrows" "$root/tests/lint/arrows.txt" "$@"
}
rules()
{
    in_tree "$root/tests/lint/rules" "$@"
}

printf '#include "lib/err.h"\n#include "emu/isa/isa.h"\n' >"$dir/tree/emu/cpu/good.c"
tap_ok "lint-arrows passes an arrow of the table" arrows emu/cpu/good.c
printf '#include "emu/user/user.h"\n' >"$dir/tree/emu/cpu/up.c"
finds arrows "an include against the arrows" "emu/cpu may not include from emu/user" \
    arrows emu/cpu/up.c
printf '#include "lib/err.h"\n' >"$dir/tree/guest/bin/host.c"
finds arrows "a guest program that includes the host's" "guest may not include from lib" \
    arrows guest/bin/host.c
printf '#include "../cpu/hart.h"\n' >"$dir/tree/emu/cpu/relative.c"
finds arrows "a relative include" "include from the root" arrows emu/cpu/relative.c
printf '#include "new/new.h"\n' >"$dir/tree/lib/new.c"
finds arrows "a folder that is not in the table" "no folder of the table" arrows lib/new.c

tap_ok "lint-rules passes a good file" rules "$dir/good.c"
printf '#ifdef FAST\n#endif\n' >"$dir/tree/emu/cpu/if.c"
finds rules "#if in a .c file" "#if in a .c file" rules emu/cpu/if.c
printf '#ifdef FAST\n#endif\n' >"$dir/tree/lib/if.c"
tap_ok "lint-rules lets lib/ ask what the host is" rules lib/if.c
seq 651 | sed 's/.*/\/\/ line/' >"$dir/tree/lib/long.c"
finds rules "a long file" "651 lines" rules lib/long.c
{ echo 'void f(void)'; echo '{'; seq 66 | sed 's/.*/    f();/'; echo '}'; } >"$dir/tree/lib/f.c"
finds rules "a long function" "function of 66 lines" rules lib/f.c
printf '// a remark\n//@lab 2.1 a marker\n//| a skeleton\n//@end\n' >"$dir/tree/lib/remark.c"
finds rules "a // comment" "remark.c:1: a // comment" rules lib/remark.c
sed -i 1d "$dir/tree/lib/remark.c"
tap_ok "lint-rules lets the markers of the labs be such" rules lib/remark.c
printf 'typedef struct a {\n    int b;\n} a;\n' >"$dir/tree/lib/typedef.h"
finds rules "a typedef of a struct" "typedef of a struct" rules lib/typedef.h
printf 'See /%s/someone/notes.\n' home >"$dir/tree/lib/notes.md"
finds rules "a path of one machine" "path of one machine" rules lib/notes.md

printf '#!/bin/sh\n' >"$dir/tree/lib/script"
finds rules "a script that cannot be executed" "script:1: begins with #!" rules lib/script
chmod +x "$dir/tree/lib/script"
tap_ok "lint-rules passes one that can" rules lib/script

printf '#!/bin/sh\nrm $1\n' >"$dir/bad.sh"
finds shell "an unquoted variable" "SC2086" part shell LINT_SH="$dir/bad.sh"
printf '.Dd today\n.Dt BAD 1\n.Sh NAME\n.Nosuch\n' >"$dir/bad.1"
finds man "a bad manual page" "ERROR|WARNING" part man LINT_MAN="$dir/bad.1"

finds format "that its tool is missing" "lint needs no-such-format" \
    part format LINT_C="$dir/good.c" CLANG_FORMAT=no-such-format
mkdir "$dir/bin"
for tool in sh make env sed awk grep dirname uname git xargs test cmp mkdir; do
    ln -s "$(command -v "$tool")" "$dir/bin/$tool"
done
# On a path with no analyser, each part must name the package.
for each in cppcheck:cppcheck shell:shellcheck man:mandoc tidy:clang-tidy guest-clang:clang; do
    finds "${each%:*}" "that its tool is missing" "in the package ${each#*:}" \
        part "${each%:*}" PATH="$dir/bin" LINT_C="$dir/tidy.c" LINT_SH= LINT_MAN=
done

tap_done
