# Programs that are run in containers by tests: static, as a container has no libraries.

CTR_PROGRAM_FILES := $(O)/tests/ctr/attack $(O)/tests/ctr/kill $(O)/tests/ctr/witness

$(O)/tests/ctr/attack: $(O)/obj/tests/ctr/attack.o $(O)/obj/tests/ctr/load.o
	@mkdir -p $(@D)
	@echo "  LINK    $@"
	$(Q)$(CC) $(LDFLAGS) -static -o $@ $^

$(O)/tests/ctr/witness: $(O)/obj/tests/ctr/witness.o
	@mkdir -p $(@D)
	@echo "  LINK    $@"
	$(Q)$(CC) $(LDFLAGS) -static -o $@ $^

$(O)/tests/ctr/kill: $(O)/obj/tests/ctr/kill.o $(LIBRARY)
	@mkdir -p $(@D)
	@echo "  LINK    $@"
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

test-programs: $(CTR_PROGRAM_FILES)
check-e2e check-nested: $(CTR_PROGRAM_FILES)
