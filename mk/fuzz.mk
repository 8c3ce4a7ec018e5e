# Fuzzing: tests/fuzz/fuzz_NAME.c is a libFuzzer target, NAME in FUZZ_TARGETS.
#
#   make fuzz                     each target for a minute
#   make fuzz FUZZ_SECONDS=3600   ... for an hour
#   make fuzz ONLY=elf            one of them
#   make check-fuzz               a short slice, as `make check` does
#
# What is fuzzed is compiled by clang, with its sanitizers, in $(O)/fuzz. The corpus that a target
# has gathered stays in $(O)/fuzz/corpus, and an input that breaks it in $(O)/fuzz/findings.

FUZZ_SECONDS ?= 60
FUZZ_TARGETS := elf interp lines oci passes result virtio
FUZZ_TESTS   := $(FUZZ_TARGETS:%=tests/fuzz/fuzz_%.sh)

# fuzzer-no-link: instrumented for libFuzzer; only the targets themselves get its main(). None of them
# needs the command line's sources.
FUZZ_MAKE = $(MAKE) --no-print-directory O=$(O)/fuzz CC=clang CLI_SRCS= \
    SAN=fuzzer-no-link,address,undefined

.PHONY: fuzz check-fuzz fuzz-programs
fuzz: fuzz-programs ## Look for inputs that break the readers of ELF files and source lines, the interpreter, the passes, result files, a device, the reader of image layouts (FUZZ_SECONDS=60)
	@FUZZ_SECONDS=$(FUZZ_SECONDS) TEST_TIMEOUT=$$(($(FUZZ_SECONDS) + 120)) $(RUN_TESTS) $(FUZZ_TESTS)

check-fuzz: fuzz-programs ## Pass a short slice of fuzzing
	@$(RUN_TESTS) $(FUZZ_TESTS)

# With what the seeds are made from. The + lets this make share its jobs with the inner one.
fuzz-programs: guest $(O)/tests/e2e/elf_mutate
	+@$(FUZZ_MAKE) fuzz-targets

.PHONY: fuzz-targets
fuzz-targets: $(FUZZ_TARGETS:%=$(O)/tests/fuzz/fuzz_%)

test-programs: fuzz-programs

$(O)/tests/fuzz/fuzz_passes: $(O)/obj/tests/ir/evaluate.o

$(O)/tests/fuzz/%: $(O)/obj/tests/fuzz/%.o $(LIBRARY)
	@mkdir -p $(@D)
	@echo "  LINK    $@"
	$(Q)$(CC) $(LDFLAGS) -fsanitize=fuzzer -o $@ $(filter %.o,$^) $(LIBRARY) $(LDLIBS)
