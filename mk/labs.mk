# The labs: exercises cut out of this source. labs/README.md is for who does them, decision 0040 says why
# they are made so. `make lab LAB=2` cuts, `make LAB=2` builds, `make grade LAB=2` grades.
#
# A build of labs is a folder of its own (LAB_OUT), in which only the student's files are compiled; all
# else is taken from the reference's build in $(O), which knows nothing of labs.

.PHONY: lab grade watch step hint reset reveal lab-status lab-key lab-dist lab-build check-labs grade-all

# What labs/lab needs to know of this make.
LAB_RUN = +@O='$(O)' MAKE='$(MAKE) --no-print-directory $(REFERENCE_FIXED)' SEED='$(SEED)' labs/lab

lab: ## Cut the exercises of LAB=n into labs/NN-NAME/mine (never over what is there)
	$(LAB_RUN) start '$(or $(LAB),none)'
grade: ## Build and grade your answers to LAB=n (SEED=your name; JSON=1: a last line for Autolab)
	$(LAB_RUN) grade $(if $(JSON),--json )'$(or $(LAB),none)'
watch: ## Grade LAB=n each time you save
	$(LAB_RUN) watch '$(or $(LAB),none)'
step: ## Watch your LAB=n in the stepper: where it first differs from the reference (STEP="--plain": options)
	$(LAB_RUN) step '$(or $(LAB),none)' $(STEP)
hint: ## One hint more about H=n.m (or the one that H=n.m.k names)
	$(LAB_RUN) hint '$(or $(H),none)'
reset: ## Begin LAB=n again; what you wrote is kept in mine.N
	$(LAB_RUN) reset '$(or $(LAB),none)'
reveal: ## Compare your LAB=n with the reference, once you have all points (or FORCE=1)
	$(LAB_RUN) reveal '$(or $(LAB),none)' $(FORCE:%=--force)
lab-dist: all lab-programs ## Write a tree without solutions to DIST=DIR, for a course that needs one
	@labs/dist $(O) '$(DIST)'
lab-key: ## Write the answer key to KEY=DIR, for lecturers: a page for each lab (LAB=n: one)
	@labs/key '$(KEY)' $(LAB)
lab-status: ## Show which labs there are, and how far you are
	$(LAB_RUN) status

grade-all: ## Grade the folders of SUBMISSIONS=DIR for LAB=n, each in a container, into one CSV
	+@O='$(O)' MAKE='$(MAKE) --no-print-directory LAB=' labs/grade-all '$(or $(SUBMISSIONS),none)' '$(or $(LAB),none)'

# What a grader is linked with: not all of Trivium, so that the first answer comes soon.
LAB_CORE_SRCS = $(LIB_SRCS) $(ISA_SRCS) $(filter emu/cpu/% emu/dbt/%,$(EMU_SRCS)) labs/bench.c labs/grade.c labs/grade_own.c labs/shipped.c labs/todo.c tests/ir/evaluate.c tests/elf/tiny.c \
    tests/monitor/bench.c $(MONITOR_PORTABLE_SRCS) \
    $(filter-out %/grade.c,$(wildcard labs/[0-9C]*-*/*.c))
LAB_CORE      = $(O)/labs/core.a

$(LAB_CORE): $$(patsubst %.c,$(O)/obj/%.o,$$(LAB_CORE_SRCS)) mk/labs.mk
	@mkdir -p $(@D)
	@echo "  AR      $@"
	$(Q)rm -f $@
	$(Q)ar qcs $@ $(filter %.o,$^) # q: of those of one name (own.o) each is kept

-include $(wildcard $(O)/obj/labs/*.d $(O)/obj/labs/*/*.d)

# What lab 10 sends into containers, and what it keeps them in: static, as tests/ctr/attack is.
LAB_INSIDE := $(O)/labs/inside/probe $(O)/labs/inside/sandbox

$(LAB_INSIDE): $(O)/labs/inside/%: $(O)/obj/labs/10-container/inside/%.o
	@mkdir -p $(@D)
	@echo "  LINK    $@"
	$(Q)$(CC) $(LDFLAGS) -static -o $@ $^

check-nested: $(LAB_INSIDE)
check-labs: all lab-programs ## Pass the tests of the labs: holes, answers right and wrong, hints
	@$(RUN_TESTS) $(LAB_TESTS)

LAB_TESTS := tests/labs/check.sh tests/labs/step.sh tests/labs/key.sh tests/labs/class.sh tests/labs/dist.sh tests/labs/grade_all.sh

.PHONY: lab-programs
lab-programs: $(LAB_CORE) $(LAB_INSIDE) $(HOSTILE)
test-programs: lab-programs

ifneq ($(LAB),)
# The first pattern rule that fits is taken: what is in a mine folder comes before the source of the same
# name. (vpath would not do: it looks elsewhere only for what is not here.)
LAB_DIRS  := $(if $(filter all,$(LAB)),$(wildcard labs/[0-9C]*-*),\
    $(foreach n,$(LAB),$(wildcard labs/0$(n)-* labs/$(n)-*)))
LAB_MINE  ?= $(LAB_DIRS:%=%/mine)
space     := $(subst ,, )
LAB_OUT   ?= $(O)/labs/$(subst $(space),-,$(strip $(LAB)))
LAB_FILES := $(foreach dir,$(LAB_MINE),$(patsubst $(dir)/%,%,$(shell find $(dir) -name '*.c' 2>/dev/null)))
LAB_OBJS  := $(patsubst %.c,$(LAB_OUT)/obj/%.o,$(filter-out guest/%,$(LAB_FILES)))
LAB_FLAGS  = $(LAB_MINE:%=-I%) $(CPPFLAGS) $(CFLAGS) $(LAB_WERROR:%=-Werror)

.DEFAULT_GOAL := $(if $(REFERENCE_FIXED),lab-with-reference,lab-build)
lab-build: $(LAB_OUT)/trivium

.PHONY: lab-with-reference
lab-with-reference:
	+@$(MAKE) --no-print-directory $(REFERENCE_FIXED) lab-build

define lab_rules
$(LAB_OUT)/obj/%.o: $(1)/%.c $(O)/flags $(LAB_OUT)/files | $$(ISA_GENERATED) $$(CTR_GENERATED) $$(STEPPER_GENERATED)
	@mkdir -p $$(@D)
	@echo "  CC      $$< (yours)"
	$$(Q)$(CC) $$(LAB_FLAGS) -MMD -MP -c -o $$@ $$<
endef
$(foreach mine,$(LAB_MINE),$(eval $(call lab_rules,$(mine))))

# Other files than last time, or from elsewhere: they are compiled and linked anew.
$(LAB_OUT)/files: FORCE
	@mkdir -p $(@D)
	@test ! -L $(@D)/guest || rm $(@D)/guest # or the reference's programs would be replaced through it
	@echo '$(LAB_MINE) $(LAB_FILES)' | cmp -s - $@ || echo '$(LAB_MINE) $(LAB_FILES)' > $@

# A grader looks into the student's headers, too.
$(LAB_OUT)/obj/%.o: %.c $(O)/flags $(LAB_OUT)/files | $(ISA_GENERATED) $(CTR_GENERATED) $(STEPPER_GENERATED)
	@mkdir -p $(@D)
	$(Q)$(CC) $(LAB_FLAGS) -MMD -MP -c -o $@ $<

# The linker takes nothing out of an archive that stands before it already. (A lab's lab.mk may name more.)
$(LAB_OUT)/grade-%: $(LAB_OUT)/obj/labs/%/grade.o $(LAB_OBJS) $$(GRADER_OBJS_$$*) $(LAB_CORE) $(LAB_OUT)/files
	$(Q)$(CC) $(LDFLAGS) -o $@ $(filter %.o %.a,$^) $(LDLIBS)

# What a lab has files of its own for is its grader's, and no part of Trivium.
$(LAB_OUT)/trivium: $(O)/obj/cli/main.o $(filter-out $(LAB_OUT)/obj/labs/%,$(LAB_OBJS)) $(O)/obj/labs/shipped.o \
    $(O)/obj/labs/todo.o $(LIBRARY) $(LAB_OUT)/files
	@echo "  LINK    $@"
	$(Q)$(CC) $(LDFLAGS) -o $@ $(filter %.o %.a,$^) $(LDLIBS)

# The guest programs: the student's, where he has one, and else links to the reference's.
LAB_KERNEL   := $(filter guest/kernel/%,$(LAB_FILES))
LAB_PROGRAMS := $(foreach program,$(GUEST_PROGRAMS),\
    $(if $(filter $(LAB_FILES),$(GUEST_SRCS_$(program))),$(program)))
lab_guest_objects = $(foreach source,$(2:guest/%.c=%),\
    $(if $(filter guest/$(source).c,$(LAB_FILES)),$(LAB_OUT),$(O))/guest/$(1)/obj/$(source).o)
lab_guest_compile = $(GUEST_CC_$(1)) $(GUEST_CFLAGS) $(LAB_WERROR:%=-Werror) $(GUEST_ISA_FLAGS_$(1)) $(LAB_MINE:%=-I%) \
    $(call guest_includes,$(1)) -MMD -MP -c -o $$@ $$<

define lab_guest_rules
$(foreach mine,$(LAB_MINE),
$(LAB_OUT)/guest/$(1)/obj/%.o: $(mine)/guest/%.c $(LAB_OUT)/files | guest-cc-$(1)
	@mkdir -p $$(@D)
	@echo "  CC      $$< (yours, $(1))"
	$$(Q)$(call lab_guest_compile,$(1))
)
$(LAB_OUT)/guest/$(1)/labs/%.o: labs/guest/%.c $(LAB_OUT)/files | guest-cc-$(1)
	@mkdir -p $$(@D)
	$$(Q)$(call lab_guest_compile,$(1))

$(LAB_OUT)/guest/$(1)/linked: $(LAB_OUT)/files | guest kernel
	@mkdir -p $$(@D)
	$$(Q)for each in kernel initrd.cpio $(GUEST_PROGRAMS); do \
	    rm -f $$(@D)/$$$$each; ln -s $(abspath $(O)/guest/$(1))/$$$$each $$(@D)/$$$$each; done
	@touch $$@

lab-build: $(LAB_OUT)/guest/$(1)/linked
endef

# One program ($(2)): in the place of its link, never through it.
define lab_program_rules
lab-build: $(LAB_OUT)/guest/$(1)/$(2).mine
$(LAB_OUT)/guest/$(1)/$(2).mine: $(call lab_guest_objects,$(1),$(GUEST_SRCS_$(2))) $(LAB_OUT)/guest/$(1)/labs/todo.o \
    $(LAB_OUT)/guest/$(1)/linked
	$$(Q)$$(GUEST_CC_$(1)) $$(GUEST_ISA_FLAGS_$(1)) $$(call guest_link,$(1)) -o $$@ $(O)/guest/$(1)/crt0.o \
	    $$(filter %.o,$$^) $(O)/guest/$(1)/libguest.a
	$$(Q)rm -f $$(@D)/$(2) $$(@D)/initrd.cpio && cp $$@ $$(@D)/$(2)
	$$(Q)guest/initrd.sh $$(@D) $(GUEST_PROGRAMS) > $$(@D)/initrd.cpio
endef

# The kernel, likewise.
define lab_kernel_rules
$(foreach mine,$(LAB_MINE),
$(LAB_OUT)/guest/$(1)/obj-kernel/%.c.o: $(mine)/guest/%.c $(LAB_OUT)/files | guest-cc-$(1)
	@mkdir -p $$(@D)
	@echo "  CC      $$< (yours, $(1), kernel)"
	$$(Q)$(call lab_kernel_compile,$(1))
)
$(LAB_OUT)/guest/$(1)/obj-kernel/todo.o: labs/guest/kernel_todo.c $(LAB_OUT)/files | guest-cc-$(1)
	@mkdir -p $$(@D)
	$$(Q)$(call lab_kernel_compile,$(1))

lab-build: $(LAB_OUT)/guest/$(1)/kernel.mine
$(LAB_OUT)/guest/$(1)/kernel.mine: KERNEL_DEBUG := 0
$(LAB_OUT)/guest/$(1)/kernel.mine: $(call lab_kernel_objects,$(1)) $(LAB_OUT)/guest/$(1)/obj-kernel/todo.o \
    $(LAB_OUT)/guest/$(1)/linked
	@echo "  LINK    $$(@D)/kernel"
	$$(call kernel_link_twice,$(1),$$(filter %.o,$$^))
	$$(Q)rm -f $$(@D)/kernel && cp $$@ $$(@D)/kernel
endef
lab_kernel_objects = $(foreach source,$(call kernel_srcs,$(1)),\
    $(if $(filter $(source),$(LAB_KERNEL)),$(LAB_OUT),$(O))/guest/$(1)/obj-kernel/$(source:guest/%=%).o)
lab_kernel_compile = $(GUEST_CC_$(1)) $$(KERNEL_CFLAGS) $(LAB_WERROR:%=-Werror) $(KERNEL_ISA_FLAGS_$(1)) $(LAB_MINE:%=-I%) \
    $(call guest_includes,$(1)) -Iguest/kernel/arch/$(1)/include -MMD -MP -c -o $$@ $$<

$(foreach isa,$(GUEST_ISAS),$(eval $(call lab_guest_rules,$(isa)))\
    $(if $(LAB_KERNEL),$(eval $(call lab_kernel_rules,$(isa))))\
    $(foreach program,$(LAB_PROGRAMS),$(eval $(call lab_program_rules,$(isa),$(program)))))

# What else a lab builds.
-include $(LAB_DIRS:%=%/lab.mk)

-include $(LAB_OBJS:.o=.d) $(wildcard $(LAB_OUT)/obj/labs/*/grade.d)
endif
