# Running the programs side by side: the demonstration, and the same with more runs.

RUNS  ?= 15
JSON  ?=
RACED := prime fork mix

.PHONY: demo bench
demo: deps-demo ## Run prime, fork and mix every way, side by side (installs what is missing)
	@$(MAKE) $(PARALLEL) all
	@echo
	@$(O)/trivium race $(RACED)
	@echo
	@printf '%-60s %s\n' \
	    'Next: $(O)/trivium run --user --on interp --stats prime' 'what the interpreter did' \
	    '      $(O)/trivium doctor' 'what this computer can run' \
	    '      docs/ARCHITECTURE.md' 'where to start reading'

bench: all ## The same with more runs (RUNS=15), and syscalls; JSON=FILE keeps the result
	@$(O)/trivium race $(RACED) syscalls --runs $(RUNS) $(if $(JSON),--json $(JSON))
