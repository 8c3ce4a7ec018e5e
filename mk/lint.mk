# Lint: what can be said against the source without running it. Each part runs alone, too; each has
# a test in tests/lint/lint_test.sh that shows it finding something. A missing tool fails.
#
# What was found good is not looked at again until it changes: $(O)/lint holds a mark for each file.

LINT_PARTS := lint-format lint-arrows lint-rules lint-headers lint-gcc lint-clang lint-globals \
    lint-guest-gcc lint-guest-linux lint-guest-clang lint-cppcheck lint-tidy lint-shell lint-man

# Releases of clang-format differ in what they find well formatted; this is the one.
CLANG_FORMAT ?= clang-format-14
CLANG_TIDY   ?= clang-tidy
FORMAT        = $(CLANG_FORMAT) --style=file:.clang-format

# Programs for the guest are compiled by other compilers (lint-guest-*), with other headers.
GUEST_ONLY = guest/% bench/programs/% labs/guest/% tests/e2e/user/%

LINT_C   = $(eval LINT_C := $(shell mk/files.sh '*.c'))$(LINT_C)
LINT_H   = $(eval LINT_H := $(shell mk/files.sh '*.h'))$(LINT_H)
LINT_SH  = $(eval LINT_SH := $(shell mk/files.sh '*' | xargs grep -lE '^\#!.*(/|env )(ba)?sh|^\# shellcheck shell='))$(LINT_SH)
LINT_MAN = $(shell mk/files.sh '*.[1-8]')
# Everything that people read: no binary, and not this rule's own test.
LINT_TEXT = $(shell mk/files.sh '*' | xargs grep -lI .)

LINT_HOST_C = $(filter-out $(GUEST_ONLY),$(LINT_C))
LINT_HOST_H = $(filter-out $(GUEST_ONLY),$(LINT_H))
# mkisa.c is told on its command line where the table is.
LINT_CPPFLAGS = $(CPPFLAGS) -DISA_RV64_DEF='"emu/isa/rv64.def"'
LINT_CFLAGS = $(LINT_CPPFLAGS) -std=c11 $(WARNINGS) -Werror $(OPTIMIZE) $(PACKAGE_CFLAGS)

.PHONY: lint $(LINT_PARTS) format
lint: ## Look for mistakes in the source: format, include arrows, warnings, analysers
	@$(MAKE) $(PARALLEL) --keep-going $(LINT_PARTS)
	@echo "lint: nothing found"

format: need-$(CLANG_FORMAT) ## Format the C files
	$(FORMAT) -i $(LINT_C) $(LINT_H)

# need-COMMAND: fails, and names the package, where there is no such command.
need-%:
	@command -v $* >/dev/null || { \
	    echo "lint needs $*, which is in the package $$(mk/deps.sh --package $*)" >&2; exit 1; }

lint-format: need-$(CLANG_FORMAT)
	@echo "  FORMAT"
	$(Q)$(FORMAT) --dry-run -Werror $(LINT_C) $(LINT_H)

lint-arrows:
	@echo "  ARROWS"
	$(Q)tests/lint/arrows tests/lint/arrows.txt $(LINT_C) $(LINT_H)

lint-rules:
	@echo "  RULES"
	$(Q)tests/lint/rules $(LINT_TEXT)

# Every C file under two compilers, the strict warnings being errors; every header alone and twice.
lint-gcc: $$(patsubst %.c,$(O)/lint/gcc/%.o,$$(LINT_HOST_C))
lint-clang: $$(patsubst %.c,$(O)/lint/clang/%.o,$$(LINT_HOST_C))
lint-headers: $$(patsubst %,$(O)/lint/gcc/%.ok,$$(LINT_HOST_H)) \
    $$(patsubst %,$(O)/lint/clang/%.ok,$$(LINT_HOST_H))

define lint_compiler_rules
$(O)/lint/$(1)/%.o: %.c $(O)/flags | $$(ISA_GENERATED) $$(CTR_GENERATED) $$(STEPPER_GENERATED) need-$(1)
	@mkdir -p $$(@D)
	@echo "  LINT    $$< ($(1))"
	$$(Q)$(1) $$(LINT_CFLAGS) -MMD -MP -c -o $$@ $$<

$(O)/lint/$(1)/%.h.ok: %.h $(O)/flags | $$(ISA_GENERATED) $$(CTR_GENERATED) $$(STEPPER_GENERATED) need-$(1)
	@mkdir -p $$(@D)
	@echo "  LINT    $$< ($(1))"
	$$(Q)printf '#include "%s"\n' $$< $$< '$$(notdir $$<)' | sed '3s/.*/extern int not_empty;/' | \
	    $(1) $$(LINT_CFLAGS) -x c -fsyntax-only -MMD -MP -MF $(O)/lint/$(1)/$$*.h.d -MT $$@ -
	@touch $$@
endef
$(eval $(call lint_compiler_rules,gcc))
$(eval $(call lint_compiler_rules,clang))

# A symbol in a writable section is a variable that everybody shares. (Constant tables of pointers
# stand in .data.rel.ro, which is read-only once the program runs.)
lint-globals: $$(filter-out $(O)/lint/gcc/tests/%,$$(patsubst %.c,$(O)/lint/gcc/%.o,$$(LINT_HOST_C)))
	@echo "  GLOBALS"
	$(Q)tests/lint/globals $^

# The guest's own build, in a folder of its own.
lint-guest-gcc:
	$(Q)$(MAKE) --no-print-directory O=$(O)/lint/guest-gcc WERROR=1 guest kernel guest-tests

# This gcc makes position-independent code unless it is told.
lint-guest-linux: need-riscv64-linux-gnu-gcc
	$(Q)$(MAKE) --no-print-directory O=$(O)/lint/guest-linux WERROR=1 \
	    GUEST_RV64_CC=riscv64-linux-gnu-gcc guest kernel

lint-guest-clang: need-clang need-ld.lld
	$(Q)$(MAKE) --no-print-directory O=$(O)/lint/guest-clang WERROR=1 GUEST_X86_64_CC=clang \
	    GUEST_RV64_CC='clang --target=riscv64-unknown-elf -mno-relax -fuse-ld=lld' guest kernel guest-tests

# Not over the generated tables: it would brood on them for a minute.
lint-cppcheck: need-cppcheck | $(ISA_GENERATED) $(CTR_GENERATED) $(STEPPER_GENERATED)
	@mkdir -p $(O)/lint/cppcheck
	@echo "  CPPCHECK"
	$(Q)cppcheck --quiet --enable=warning,performance,portability --std=c11 \
	    --inline-suppr --suppressions-list=tests/lint/cppcheck.txt --library=tests/lint/cppcheck.cfg \
	    --error-exitcode=1 --cppcheck-build-dir=$(O)/lint/cppcheck $(LINT_CPPFLAGS) \
	    $(filter-out emu/isa/tables.c,$(LINT_HOST_C))

lint-tidy: $$(patsubst %.c,$(O)/lint/tidy/%.ok,$$(LINT_HOST_C))

$(O)/lint/tidy/%.ok: %.c $(O)/lint/clang/%.o .clang-tidy | need-$(CLANG_TIDY)
	@mkdir -p $(@D)
	@echo "  TIDY    $<"
	$(Q)$(CLANG_TIDY) --quiet --config-file=.clang-tidy $< -- $(filter-out -Werror,$(LINT_CFLAGS)) 2>$@.log || \
	    { cat $@.log >&2; exit 1; }
	@touch $@

lint-shell: need-shellcheck
	@echo "  SHELL"
	$(Q)shellcheck $(LINT_SH)

lint-man: need-mandoc
	@echo "  MAN"
	$(Q)mandoc -T lint -W style $(LINT_MAN) </dev/null

-include $(shell test -d $(O)/lint && find $(O)/lint/gcc $(O)/lint/clang -name '*.d' 2>/dev/null)

.PHONY: lint-parts
lint-parts:
	@printf '%s\n' $(LINT_PARTS)
