# The guest programs, once for each ISA, from one source.
#
#   $(O)/guest/ISA/NAME           the programs (ISA: rv64, x86_64)
#   $(O)/guest/ISA/crt0.o         to link programs of your own:
#   $(O)/guest/ISA/libguest.a         CC -static -nostdlib crt0.o yours.o libguest.a
#   $(O)/guest/ISA/test/NAME      the tests of the library and of what the programs share
#
# GUEST_RV64_CC and GUEST_X86_64_CC choose the compilers.

GUEST_ISAS     := rv64 x86_64
GUEST_PROGRAMS := hello prime fork mix syscalls sh ls cat echo ps stress
GUEST_TESTS    := test/lib_test test/measure_test

# Read when a recipe runs, not when make starts, because `make deps` may install the compiler; and
# then kept, so that it is looked up once.
ifeq ($(origin GUEST_RV64_CC),undefined)
GUEST_RV64_CC    = $(eval GUEST_RV64_CC := $$(shell guest/find-cc))$(GUEST_RV64_CC)
endif
GUEST_X86_64_CC ?= $(CC)
GUEST_CC_rv64    = $(GUEST_RV64_CC)
GUEST_CC_x86_64  = $(GUEST_X86_64_CC)
GUEST_AR        ?= ar

# The same optimisation for both ISAs, or their comparison would be one of flags. No vectors: a
# guest has none. No loops turned into calls of memcpy: memcpy itself is such a loop (gcc wants a
# flag of its own for that; for clang -fno-builtin says it already).
GUEST_OPTIMIZE := -O2 -fno-tree-vectorize -fno-tree-slp-vectorize -fno-builtin
GUEST_OPTIMIZE_GCC := -fno-tree-loop-distribute-patterns

# No C extension, so that every instruction has four bytes, as in the text books; no F and D, no SSE:
# the programs have no floating point. A link with _zicsr in -march would pick another libgcc.
GUEST_ISA_FLAGS_rv64   := -march=rv64ima -mabi=lp64 -mcmodel=medany
GUEST_ISA_FLAGS_x86_64 := -m64 -march=x86-64 -mgeneral-regs-only -fcf-protection=none
GUEST_BASE_rv64        := 0x10000
GUEST_BASE_x86_64      := 0x400000

# clang says which flags it ignores or does not need; gcc passes over a -Wno-... it does not know.
GUEST_QUIET  := -Wno-ignored-optimization-argument -Wno-unused-command-line-argument
# Names of source files are relative: the same source makes the same program in any folder.
GUEST_DEBUG  := -g -fdebug-prefix-map=$(CURDIR)=.
GUEST_CFLAGS := -std=c11 $(WARNINGS) $(GUEST_QUIET) $(GUEST_OPTIMIZE) $(GUEST_DEBUG) -ffreestanding -fno-common \
    -fno-pic -fno-pie -fno-stack-protector -fno-asynchronous-unwind-tables -fno-unwind-tables \
    -D_GNU_SOURCE
# Only our headers and the compiler's own (stdint.h, stdarg.h, ...), never those of the host.
guest_includes = -I. -Iguest/lib/include -Iguest/lib/arch/$(1)/include -nostdinc $(GUEST_ASKED_$(1))

# What must be asked of a compiler: where its own headers are, and whether it takes gcc's flags.
guest_ask = -isystem $(shell $(GUEST_CC_$(1)) -print-file-name=include) \
    $(shell $(GUEST_CC_$(1)) $(GUEST_OPTIMIZE_GCC) -E -x c /dev/null >/dev/null 2>&1 && \
        echo $(GUEST_OPTIMIZE_GCC))
GUEST_ASKED_rv64   = $(eval GUEST_ASKED_rv64 := $(call guest_ask,rv64))$(GUEST_ASKED_rv64)
GUEST_ASKED_x86_64 = $(eval GUEST_ASKED_x86_64 := $(call guest_ask,x86_64))$(GUEST_ASKED_x86_64)

# The map of a program is guest/lib/program.ld; its image_base is the one difference between ISAs.
guest_link = -static -nostdlib -Wl,-T,guest/lib/program.ld \
    -Wl,--defsym=image_base=$(GUEST_BASE_$(1)) -Wl,-z,noexecstack -Wl,-z,max-page-size=4096 \
    -Wl,--build-id=none -Wl,--compress-debug-sections=zlib
# (What is for debuggers is four fifths of a program, which is copied into each container and initrd.)

GUEST_LIB_SRCS := clock dir env error execvp exit file format input malloc map memory number \
    output process qsort snprintf start strdup string
GUEST_LIB_SRCS := $(GUEST_LIB_SRCS:%=guest/lib/%.c)

# What each program is made of, besides libguest.
GUEST_SRCS_hello    := guest/bin/hello.c guest/bin/options.c
GUEST_SRCS_prime    := guest/bin/prime.c guest/bin/latency.c guest/bin/measure.c guest/bin/options.c
GUEST_SRCS_fork     := guest/bin/fork.c guest/bin/measure.c guest/bin/options.c
GUEST_SRCS_mix      := guest/bin/mix.c guest/bin/kernels.c guest/bin/paging.c guest/bin/measure.c \
    guest/bin/options.c guest/bin/proc.c
GUEST_SRCS_syscalls := guest/bin/syscalls.c guest/bin/measure.c guest/bin/options.c
GUEST_SRCS_sh       := guest/bin/sh/main.c guest/bin/sh/parse.c guest/bin/sh/run.c \
    guest/bin/sh/words.c guest/bin/options.c
GUEST_SRCS_ls       := guest/bin/ls.c guest/bin/options.c
GUEST_SRCS_cat      := guest/bin/cat.c guest/bin/options.c
GUEST_SRCS_echo     := guest/bin/echo.c guest/bin/options.c
GUEST_SRCS_ps       := guest/bin/ps.c guest/bin/options.c
GUEST_SRCS_stress   := $(addprefix guest/bin/stress/,main.c check.c processes.c signals.c exec.c \
    memory.c large.c pipes.c files.c folders.c pointers.c limits.c schedule.c devices.c) \
    guest/bin/measure.c guest/bin/options.c guest/bin/proc.c

GUEST_SRCS_test/lib_test     := guest/test/lib_test.c
GUEST_SRCS_test/measure_test := guest/test/measure_test.c guest/bin/latency.c guest/bin/measure.c

guest_objects = $(patsubst guest/%.c,$(O)/guest/$(1)/obj/%.o,$(2))

# The rules of one ISA ($(1)).
define guest_isa_rules
$(O)/guest/$(1)/obj/%.o: guest/%.c guest/guest.mk | guest-cc-$(1)
	@mkdir -p $$(@D)
	@echo "  CC      $$< ($(1))"
	$$(Q)$$(GUEST_CC_$(1)) $$(GUEST_CFLAGS) $$(GUEST_ISA_FLAGS_$(1)) $$(call guest_includes,$(1)) \
	    -MMD -MP -c -o $$@ $$<

$(O)/guest/$(1)/obj/%.o: guest/%.S guest/guest.mk | guest-cc-$(1)
	@mkdir -p $$(@D)
	@echo "  AS      $$< ($(1))"
	$$(Q)$$(GUEST_CC_$(1)) $$(GUEST_ISA_FLAGS_$(1)) $(GUEST_QUIET) $(GUEST_DEBUG) -c -o $$@ $$<

$(O)/guest/$(1)/crt0.o: $(O)/guest/$(1)/obj/lib/arch/$(1)/crt0.o
	$$(Q)cp $$< $$@

$(O)/guest/$(1)/libguest.a: $(call guest_objects,$(1),$(GUEST_LIB_SRCS)) \
    $(O)/guest/$(1)/obj/lib/arch/$(1)/syscall.o
	@echo "  AR      $$@"
	$$(Q)rm -f $$@ && $$(GUEST_AR) rcs $$@ $$^

# The RV64 compiler is the one tool that a host may lack: say so before the first error message.
.PHONY: guest-cc-$(1)
guest-cc-$(1):
	@test -n "$$(GUEST_CC_$(1))" || { \
	    echo "No C compiler for $(1). Install one of the packages gcc-riscv64-unknown-elf," \
	         "gcc-riscv64-linux-gnu, or clang and lld; or name one: GUEST_RV64_CC=..." >&2; \
	    exit 1; }
endef

# The rule of one program ($(2)) on one ISA ($(1)).
define guest_program_rule
$(O)/guest/$(1)/$(2): $(O)/guest/$(1)/crt0.o $(call guest_objects,$(1),$(GUEST_SRCS_$(2))) \
    $(O)/guest/$(1)/libguest.a guest/lib/program.ld
	@mkdir -p $$(@D)
	@echo "  LINK    $$@"
	$$(Q)$$(GUEST_CC_$(1)) $$(GUEST_ISA_FLAGS_$(1)) $$(call guest_link,$(1)) -o $$@ \
	    $$(filter %.o %.a,$$^)

GUEST_DEPENDS += $(patsubst %.o,%.d,$(call guest_objects,$(1),$(GUEST_SRCS_$(2))))
endef

GUEST_DEPENDS := $(foreach isa,$(GUEST_ISAS),\
    $(patsubst %.o,%.d,$(call guest_objects,$(isa),$(GUEST_LIB_SRCS))))
$(foreach isa,$(GUEST_ISAS),\
    $(eval $(call guest_isa_rules,$(isa)))\
    $(foreach program,$(GUEST_PROGRAMS) $(GUEST_TESTS),\
        $(eval $(call guest_program_rule,$(isa),$(program)))))

GUEST_OUTPUTS := $(foreach isa,$(GUEST_ISAS),$(addprefix $(O)/guest/$(isa)/,\
    $(GUEST_PROGRAMS) crt0.o libguest.a))
GUEST_TEST_OUTPUTS := $(foreach isa,$(GUEST_ISAS),$(GUEST_TESTS:%=$(O)/guest/$(isa)/%))

.PHONY: guest guest-tests
guest: $(GUEST_OUTPUTS) ## Build the guest programs for RV64 and x86-64
guest-tests: guest $(GUEST_TEST_OUTPUTS)

-include $(GUEST_DEPENDS)
