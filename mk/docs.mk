# The generated parts of the documents, and the coverage of the tests.

# The programs whose instructions open docs/isa.md: fixed work, so that every run executes the same.
TRACE_prime := prime --max-prime 1000 --events 3
TRACE_fork  := fork 1 20

.PHONY: docs cover
docs: all $(O)/docs/isa.md ## Make the generated parts of README.md and docs/ anew
	cp $(O)/docs/isa.md docs/isa.md
	O=$(O) mk/generate.sh README.md
	O=$(O) mk/pictures.sh $(O)/race.json
	O=$(O) mk/generate.sh docs/codegen.md
	O=$(O) mk/generate.sh docs/laws.md
	O=$(O) mk/generate.sh docs/prime.md
	O=$(O) mk/generate.sh docs/stepping.md
	O=$(O) mk/step_pictures.sh

# tests/e2e/docs.sh compares this with docs/isa.md.
$(O)/docs/isa.md: $(O)/gen/mkdoc $(O)/docs/executed.txt
	@mkdir -p $(@D)
	$(Q)$(O)/gen/mkdoc $(O)/docs/executed.txt > $@

# "prime add": one line for each row that a program executed.
$(O)/docs/executed.txt: $(O)/trivium guest
	@mkdir -p $(@D)
	$(Q)for program in prime fork; do \
	    case $$program in prime) set -- $(TRACE_prime) ;; fork) set -- $(TRACE_fork) ;; esac; \
	    $(O)/trivium run --user --on interp --rows $(O)/docs/rows.txt "$$@" > $(O)/docs/output.txt || exit; \
	    sed "s/^/$$program /" $(O)/docs/rows.txt || exit; \
	done > $@

# What a process that is killed has reached is not counted. A failing test is no matter here.
# mkisa and mkfilter are no part of trivium, and counting would leave files where they are compiled.
$(if $(COVER),$(eval $(O)/gen/mkisa $(O)/gen/mkfilter: private INSTRUMENT :=))

cover: ## Show which share of each file the tests reach
	@$(MAKE) $(PARALLEL) O=$(O)/cover COVER=1 all guest-tests unit-programs tool-programs
	@find $(O)/cover -name '*.gcda' -delete
	@COVER=1 O=$(O)/cover tests/run $(UNIT_TESTS:%=$(O)/cover/tests/unit/test_%) $(E2E_TESTS) || true
	@find $(O)/cover/obj -name '*.gcda' | xargs gcov --no-output 2>/dev/null | mk/cover.awk
