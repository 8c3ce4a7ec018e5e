# The tests. Each is a program that speaks TAP; tests/run runs them and adds up.
#
#   make check                 everything, after installing what that needs
#   make check-unit            one kind of them (unit, san, e2e, diff, fuzz, lint)
#   make check ONLY=decode     those with "decode" in their name
#   CI_MUST_WORK=1             a skipped test counts as failed
#
# Slow programs stand before quick ones, so that both processors stay busy to the end.
#
# To add one: a unit test tests/unit/test_NAME.c is NAME in UNIT_TESTS; a script is its path in the
# list of its kind; a C program that a script calls as $O/tests/KIND/NAME is KIND/NAME in TEST_TOOLS.
# What a program is linked with besides stands below TEST_TOOLS, one line each.

UNIT_TESTS := autopsy board cli clint copier csr ctr ctr_recorder decode disasm elf elf_symbols eval host input interp kvm layer mkisa \
    mmu mmu_random plic priv process result sbi space stats supervise threaded tlb trap tree uart virtio why
UNIT_TESTS += dbt lockstep monitor passes pause processes stepper view x86
UNIT_TESTS += ioapic kvm_boot kvm_explain kvm_make kvm_run virtio_console
UNIT_TESTS += exits kvm_recorder

E2E_TESTS := \
    tests/e2e/stress_machine.sh \
    tests/e2e/stress_dbt.sh \
    tests/e2e/stress_threaded.sh \
    tests/e2e/bench_driver.sh \
    tests/e2e/bench_launch.sh \
    tests/e2e/bench_programs.sh \
    tests/e2e/check.sh \
    tests/e2e/cli_docs.sh \
    tests/e2e/cli_doctor.sh \
    tests/e2e/cli_output.sh \
    tests/e2e/cli_race.sh \
    tests/e2e/cli_run.sh \
    tests/e2e/cli_signals.sh \
    tests/e2e/contributing.sh \
    tests/e2e/ctr_attacks.sh \
    tests/e2e/ctr_explain.sh \
    tests/e2e/ctr_image.sh \
    tests/e2e/ctr_keep.sh \
    tests/e2e/ctr_kill.sh \
    tests/e2e/ctr_limits.sh \
    tests/e2e/ctr_run.sh \
    tests/e2e/ctr_terminal.sh \
    tests/e2e/dbt_log.sh \
    tests/e2e/deps.sh \
    tests/e2e/docs.sh \
    tests/e2e/elf_hostile.sh \
    tests/e2e/experiment.sh \
    tests/e2e/explained.sh \
    tests/e2e/guest_elf.sh \
    tests/e2e/guest_lib.sh \
    tests/e2e/guest_limits.sh \
    tests/e2e/guest_no_float.sh \
    tests/e2e/guest_programs.sh \
    tests/e2e/guest_shell.sh \
    tests/e2e/image.sh \
    tests/e2e/image_oci.sh \
    tests/e2e/install.sh \
    tests/e2e/isa_table.sh \
    tests/e2e/kernel_boot.sh \
    tests/e2e/kernel_elf.sh \
    tests/e2e/kernel_map.sh \
    tests/e2e/kernel_x86_64.sh \
    tests/e2e/kvm_here.sh \
    tests/e2e/lectures.sh \
    tests/e2e/lectures_shown.sh \
    tests/e2e/lines.sh \
    tests/e2e/machine.sh \
    tests/e2e/limits.sh \
    tests/e2e/monitor.sh \
    tests/e2e/machine_contract.sh \
    tests/e2e/prime_shape.sh \
    tests/e2e/noise.sh \
    tests/e2e/race_ladder.sh \
    tests/e2e/race_view.sh \
    tests/e2e/report.sh \
    tests/e2e/reproduce.sh \
    tests/e2e/runner.sh \
    tests/e2e/step.sh \
    tests/e2e/step_cost.sh \
    tests/e2e/step_exits.sh \
    tests/e2e/step_history.sh \
    tests/e2e/step_names.sh \
    tests/e2e/step_random.sh \
    tests/e2e/step_run.sh \
    tests/e2e/step_tour.sh \
    tests/e2e/step_view.sh \
    tests/e2e/step_window.sh \
    tests/e2e/stress_initrd.sh \
    tests/e2e/stress_kernel.sh \
    tests/e2e/stress_linux.sh \
    tests/e2e/stress_terminal.sh \
    tests/e2e/translator_state.sh \
    tests/e2e/unprivileged.sh \
    tests/e2e/user_faults.sh \
    tests/e2e/user_programs.sh \
    tests/e2e/why.sh \
    tests/e2e/window.sh \
    tests/riscv/run_test.sh

DIFF_TESTS := \
    tests/diff/lockstep.sh \
    tests/diff/objdump.sh \
    tests/diff/planted.sh \
    tests/diff/planted_code.sh \
    tests/diff/programs.sh \
    tests/diff/sequences.sh \
    tests/diff/traps.sh

LINT_TESTS := \
    tests/lint/lint.sh \
    tests/lint/lint_test.sh

TEST_TOOLS := diff/objdump_words diff/programs diff/sequences e2e/board_contract e2e/elf_mutate e2e/lines e2e/names_screen e2e/pty e2e/step_cost e2e/step_history e2e/step_random \
    e2e/translator_state e2e/window

$(O)/tests/unit/test_elf $(O)/tests/e2e/elf_mutate: $(O)/obj/tests/elf/cases.o
$(O)/tests/unit/test_elf $(O)/tests/unit/test_elf_symbols: $(O)/obj/tests/elf/tiny.o
$(O)/tests/unit/test_stepper: $(O)/obj/tests/elf/tiny.o
$(O)/tests/unit/test_ioapic $(O)/tests/unit/test_kvm_explain $(O)/tests/unit/test_kvm_make $(O)/tests/unit/test_kvm_run: $(O)/obj/tests/elf/tiny.o
$(O)/tests/unit/test_monitor: $(O)/obj/tests/monitor/bench.o $(MONITOR_PORTABLE_SRCS:%.c=$(O)/obj/%.o)
$(O)/tests/unit/test_passes: $(O)/obj/tests/ir/evaluate.o
$(O)/tests/diff/programs $(O)/tests/diff/sequences: $(O)/obj/tests/diff/body.o $(O)/obj/tests/diff/text.o
$(O)/tests/unit/test_exits $(O)/tests/unit/test_kvm_recorder: $(O)/obj/tests/elf/tiny.o
$(O)/tests/unit/test_kvm_boot: $(O)/obj/tests/elf/cases.o $(O)/obj/tests/elf/tiny.o
$(O)/tests/unit/test_mkisa: $(O)/obj/emu/isa/mkisa_check.o

include mk/fuzz.mk
include mk/nested.mk
include tests/board/board.mk
include tests/kvm/kvm.mk
include tests/ctr/ctr.mk

UNIT_PROGRAMS := $(UNIT_TESTS:%=$(O)/tests/unit/test_%)
SAN_PROGRAMS  := $(UNIT_TESTS:%=$(O)/san/tests/unit/test_%)
TOOL_PROGRAMS := $(TEST_TOOLS:%=$(O)/tests/%)

RUN_TESTS = O=$(O) tests/run

.PHONY: check check-unit check-san check-e2e check-nested check-diff check-lint test-programs san-programs
check: deps ## Pass all tests (installs what they need first)
	@$(MAKE) $(PARALLEL) all guest-tests test-programs san-programs
	@$(RUN_TESTS) $(NESTED_TESTS) $(LAB_TESTS) $(LINT_TESTS) $(DIFF_TESTS) $(FUZZ_TESTS) $(E2E_TESTS) $(SAN_PROGRAMS) \
	    $(UNIT_PROGRAMS)

check-unit: $(UNIT_PROGRAMS) ## Pass the unit tests
	@$(RUN_TESTS) $^

check-san: san-programs ## Pass the unit tests under the address and undefined-behaviour sanitizers
	@$(RUN_TESTS) $(SAN_PROGRAMS)

check-e2e: all guest-tests $(TOOL_PROGRAMS) ## Pass the end-to-end tests
	@$(RUN_TESTS) $(E2E_TESTS)

check-nested: all $(TOOL_PROGRAMS) ## Pass the tests in the nested virtual machine: hardware KVM, cgroup v2
	@$(RUN_TESTS) $(NESTED_TESTS)

check-diff: all $(TOOL_PROGRAMS) ## Pass the comparisons with objdump and qemu-riscv64
	@$(RUN_TESTS) $(DIFF_TESTS)

check-lint: ## Pass the lint, and the test of each of its rules
	@$(RUN_TESTS) $(LINT_TESTS)

# More of what `make check` has a slice of: a million sequences, thousands of programs, ten thousand times forward
# and back.
LONG_TESTS = tests/diff/lockstep.sh tests/diff/planted_code.sh tests/diff/programs.sh tests/diff/sequences.sh tests/e2e/step_random.sh

.PHONY: check-long
check-long: all $(TOOL_PROGRAMS) ## Pass the random comparisons at full length: most of an hour
	@LONG=1 SEQUENCES=$${SEQUENCES:-1000000} PROGRAMS=$${PROGRAMS:-3000} \
	    TEST_TIMEOUT=$${TEST_TIMEOUT:-14400} $(RUN_TESTS) $(LONG_TESTS)

# Not part of `make check`, as the tests are not ours: see CONTRIBUTING.md.
.PHONY: check-riscv-tests need-riscv-tests
check-riscv-tests: need-riscv-tests $(O)/trivium ## Pass the public riscv-tests (built in RISCV_TESTS=DIR)
	@$(RUN_TESTS) tests/riscv/run.sh

# make hands its command line's variables, and the environment's, to the commands.
need-riscv-tests:
	@test -n "$$RISCV_TESTS" || { \
	    echo "check-riscv-tests needs RISCV_TESTS=DIR, a folder of the public riscv-tests, built" >&2; \
	    echo "  try: see Tests in CONTRIBUTING.md for how to get it" >&2; exit 2; }

# For tests of the tests: the command as it was built, but with one of its files replaced by another
# version of it. The linker does not take out of the library what stands before it.
#     make plant PLANT=CHANGED.c PLANT_TO=COMMAND
.PHONY: plant
plant:
	$(Q)$$(cat $(O)/flags) -w $(CPPFLAGS) -o $(PLANT_TO) $(O)/obj/cli/main.o $(PLANT) $(LIBRARY) $(LDLIBS)

test-programs: unit-programs tool-programs

san-programs:
	@$(MAKE) --no-print-directory O=$(O)/san SAN=address,undefined unit-programs

.PHONY: unit-programs tool-programs
unit-programs: $(UNIT_PROGRAMS)
tool-programs: $(TOOL_PROGRAMS)

$(UNIT_PROGRAMS): $(O)/tests/unit/%: $(O)/obj/tests/unit/%.o $(O)/obj/tests/unit/unit_main.o $(LIBRARY)
	@mkdir -p $(@D)
	@echo "  LINK    $@"
	$(Q)$(CC) $(LDFLAGS) -o $@ $(filter %.o,$^) $(LIBRARY) $$(pkg-config --libs check) $(LDLIBS)

$(TOOL_PROGRAMS): $(O)/tests/%: $(O)/obj/tests/%.o $(LIBRARY)
	@mkdir -p $(@D)
	@echo "  LINK    $@"
	$(Q)$(CC) $(LDFLAGS) -o $@ $(filter %.o,$^) $(LIBRARY) $(LDLIBS)

# Nothing that was compiled on the way to a test program is thrown away.
.SECONDARY:

-include $(wildcard $(O)/obj/tests/*/*.d)
