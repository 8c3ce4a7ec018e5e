# The benchmark: its programs, built like those of the guest, the driver that runs them every way, and
# the tables of docs/performance.md.
#
#   $(O)/bench/ISA/NAME        the programs, for rv64 and x86_64
#   $(O)/bench/ISA/bench.cpio  an initrd with them, for our kernel: the normal one does not grow
#
# What the programs are: bench/programs/programs.def, from which the driver and this file know them.

BENCH_PROGRAMS := $(shell sed -n 's/^BENCH.\([a-z0-9]*\),.*/\1/p' bench/programs/programs.def) cold
BENCH_COMMON   := bench/programs/bench.c guest/bin/options.c

# How many functions the generated program has.
BENCH_COLD := 1500

bench_objects = $(patsubst guest/%.c,$(O)/guest/$(1)/obj/%.o,\
    $(patsubst bench/programs/%.c,$(O)/bench/$(1)/obj/%.o,$(2)))
bench_compile = $(GUEST_CC_$(1)) $(GUEST_CFLAGS) $(GUEST_ISA_FLAGS_$(1)) $(call guest_includes,$(1)) -MMD -MP -c

# The rules of one ISA ($(1)).
define bench_isa_rules
$(O)/bench/$(1)/obj/%.o: bench/programs/%.c guest/guest.mk | guest-cc-$(1)
	@mkdir -p $$(@D)
	@echo "  CC      $$< ($(1))"
	$$(Q)$$(call bench_compile,$(1)) -o $$@ $$<

$(O)/bench/$(1)/obj/%.o: $(O)/bench/%.c guest/guest.mk | guest-cc-$(1)
	@mkdir -p $$(@D)
	@echo "  CC      $$< ($(1))"
	$$(Q)$$(call bench_compile,$(1)) -o $$@ $$<

$(BENCH_PROGRAMS:%=$(O)/bench/$(1)/%): $(O)/bench/$(1)/%: $(O)/guest/$(1)/crt0.o $(O)/bench/$(1)/obj/%.o \
    $(call bench_objects,$(1),$(BENCH_COMMON)) $(O)/guest/$(1)/libguest.a guest/lib/program.ld
	@echo "  LINK    $$@"
	$$(Q)$$(GUEST_CC_$(1)) $$(GUEST_ISA_FLAGS_$(1)) $$(call guest_link,$(1)) -o $$@ $$(filter %.o %.a,$$^)

$(O)/bench/$(1)/bench.cpio: $(BENCH_PROGRAMS:%=$(O)/bench/$(1)/%) guest/initrd.sh
	@echo "  INITRD  $$@"
	$$(Q)guest/initrd.sh $(O)/bench/$(1) $(BENCH_PROGRAMS) > $$@

-include $(wildcard $(O)/bench/$(1)/obj/*.d)
endef
$(foreach isa,$(GUEST_ISAS),$(eval $(call bench_isa_rules,$(isa))))

$(O)/bench/cold.c: bench/cold.sh bench/bench.mk
	@mkdir -p $(@D)
	$(Q)bench/cold.sh $(BENCH_COLD) > $@

BENCH_OUTPUTS := $(foreach isa,$(GUEST_ISAS),$(addprefix $(O)/bench/$(isa)/,$(BENCH_PROGRAMS) bench.cpio))

# The driver.
BENCH_SRCS := bench/main.c bench/measure.c bench/result.c bench/subjects.c bench/ways.c
BENCH_OBJS := $(BENCH_SRCS:%.c=$(O)/obj/%.o)

$(O)/bench/driver: $(BENCH_OBJS) $$(LIBRARY)
	@mkdir -p $(@D)
	@echo "  LINK    $@"
	$(Q)$(CC) $(LDFLAGS) -o $@ $(filter %.o,$^) $(LIBRARY) $(LDLIBS)

-include $(BENCH_OBJS:.o=.d)

# How long a container takes to start and end, beside crun and runc.
$(O)/bench/launch: $(O)/obj/bench/launch.o $$(LIBRARY)
	@mkdir -p $(@D)
	@echo "  LINK    $@"
	$(Q)$(CC) $(LDFLAGS) -o $@ $(filter %.o,$^) $(LIBRARY) $(LDLIBS)

-include $(O)/obj/bench/launch.d

# How long a step of the stepper takes.
$(O)/bench/step: $(O)/obj/bench/step.o $$(LIBRARY)
	@mkdir -p $(@D)
	@echo "  LINK    $@"
	$(Q)$(CC) $(LDFLAGS) -o $@ $(filter %.o,$^) $(LIBRARY) $(LDLIBS)

-include $(O)/obj/bench/step.d

.PHONY: bench bench-containers bench-programs bench-step
bench: all bench-programs $(O)/bench/driver $(O)/bench/launch ## Measure every way against native: docs/performance.md (RUNS=5; QUICK=1, ONLY=, WAYS= only show)
	@O=$(O) RUNS='$(RUNS)' QUICK='$(QUICK)' ONLY='$(ONLY)' WAYS='$(WAYS)' bench/run.sh \
	    'trivium=$(CC) $(OPTIMIZE)' \
	    'programs, x86-64=$(GUEST_X86_64_CC) $(GUEST_OPTIMIZE) $(GUEST_OPTIMIZE_GCC) $(GUEST_ISA_FLAGS_x86_64)' \
	    'programs, rv64=$(GUEST_RV64_CC) $(GUEST_OPTIMIZE) $(GUEST_OPTIMIZE_GCC) $(GUEST_ISA_FLAGS_rv64)'
	$(if $(ONLY)$(WAYS),,@O=$(O) QUICK='$(QUICK)' bench/containers.sh)

bench-containers: all $(O)/bench/launch ## The part of it that compares the start of a container with crun's and runc's (make deps-bench)
	@O=$(O) QUICK='$(QUICK)' ROUNDS='$(ROUNDS)' bench/containers.sh

bench-step: all $(O)/bench/step ## How long a step of `trivium step' takes, at each level (ONLY=user, ONLY=machine)
	@$(O)/bench/step $(O)/guest/rv64/prime $(O)/guest/rv64/kernel $(O)/guest/rv64/initrd.cpio $(ONLY)

bench-programs: $(BENCH_OUTPUTS) ## Build the programs of the benchmark
guest-tests: bench-programs
test-programs check-e2e: $(O)/bench/driver $(O)/bench/launch $(O)/bench/step
