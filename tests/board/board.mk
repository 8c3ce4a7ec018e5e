# Bare-metal programs that the board's tests run: $(O)/tests/board/NAME.

BOARD_PROGRAMS := contract hello tohost
BOARD_BASE_tohost := 0x80000000

$(BOARD_PROGRAMS:%=$(O)/tests/board/%): $(O)/tests/board/%: tests/board/%.S tests/board/program.ld | guest-cc-rv64
	@mkdir -p $(@D)
	@echo "  LINK    $@"
	$(Q)$(GUEST_RV64_CC) -march=rv64ima_zicsr_zifencei -mabi=lp64 -nostdlib -static \
	    -Wl,-T,tests/board/program.ld -Wl,--defsym=base=$(or $(BOARD_BASE_$*),0x80200000) \
	    -Wl,--build-id=none -Wl,-z,max-page-size=4096 -Wl,--no-warn-rwx-segments -o $@ $<

# A test finds them beside itself, in ../board.
test-programs check-e2e: $(BOARD_PROGRAMS:%=$(O)/tests/board/%)
$(O)/tests/e2e/board_contract $(O)/tests/e2e/translator_state: $(O)/obj/tests/board/machine.o
$(O)/tests/unit/test_board $(O)/tests/unit/test_sbi: $(O)/obj/tests/board/machine.o | \
    $(BOARD_PROGRAMS:%=$(O)/tests/board/%)
