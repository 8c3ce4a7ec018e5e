# Running the programs side by side: the demonstration. (`make bench` is in bench/bench.mk.)

RACED := prime fork mix
# Five runs take some 100 s on a host that is at rest. On one that is busy there are fewer: with the build
# it is to be done in three minutes.
DEMO_SECONDS := 110

.PHONY: demo
demo: deps-demo ## Run prime, fork and mix every way, side by side (installs what is missing)
	@$(MAKE) $(PARALLEL) all
	@echo
	@$(O)/trivium race $(RACED) --seconds $(DEMO_SECONDS) --json $(O)/race.json --html $(O)/race.html
	@echo
	@printf '%-60s %s\n' \
	    'Next: $(O)/race.html' 'the same as a page, with figures' \
	    '      $(O)/trivium run --user --on interp --stats prime' 'what the interpreter did' \
	    '      $(O)/trivium doctor' 'what this computer can run' \
	    '      docs/ARCHITECTURE.md' 'where to start reading'
