# The nested virtual machine, in which what this host may lack is there: see tests/nested/boot.sh.
#
#   make nested RUN='trivium run --on kvm hello'     one command in it

NESTED_TESTS := tests/nested/run.sh

.PHONY: nested
nested: all ## Run RUN='command' in the nested virtual machine (CPUS=1)
	@printf 'PATH=$$PATH:/test/build\n%s\n' '$(subst ','\'',$(value RUN))' >$(O)/nested-run.sh
	@O=$(O) tests/nested/boot.sh $(O)/nested-run.sh tests/tap.sh
