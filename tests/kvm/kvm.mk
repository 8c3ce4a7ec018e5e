# Hostile guests for the virtual machine: kernels of a few instructions.

KVM_GUESTS := deluge fetch flood halt loop outside rings storm triple unmapped
KVM_GUEST_FILES := $(KVM_GUESTS:%=$(O)/tests/kvm/%)

$(O)/tests/kvm/%: tests/kvm/%.S tests/kvm/guest.inc
	@mkdir -p $(@D)
	@echo "  GUEST   $@"
	$(Q)$(CC) -I. -nostdlib -static -no-pie -Wl,-Ttext=0x200000 -Wl,--build-id=none \
	    -Wl,-z,noexecstack -Wl,-z,max-page-size=4096 -o $@ $<

test-programs: $(KVM_GUEST_FILES)
