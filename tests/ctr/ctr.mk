# Programs that are run in containers by tests: static, as a container has no libraries.

CTR_PROGRAMS := attack
CTR_PROGRAM_FILES := $(CTR_PROGRAMS:%=$(O)/tests/ctr/%)

$(CTR_PROGRAM_FILES): $(O)/tests/ctr/%: tests/ctr/%.c $(O)/flags
	@mkdir -p $(@D)
	@echo "  LINK    $@"
	$(Q)$(CC) $(CPPFLAGS) -std=c11 $(WARNINGS) -O2 -g -static -MMD -MP -MF $@.d -MT $@ -o $@ $<

test-programs: $(CTR_PROGRAM_FILES)
check-e2e check-nested: $(CTR_PROGRAM_FILES)
-include $(CTR_PROGRAM_FILES:%=%.d)
