# Installing: the command, the guest programs it runs, with the source that their lines are shown of, manual
# pages, bash completion. Nothing is
# built here as root: `make` first, then `make install` with PREFIX and DESTDIR as everywhere.

BINDIR        = $(DESTDIR)$(PREFIX)/bin
GUESTDIR      = $(DESTDIR)$(PREFIX)/libexec/trivium/guest
MANDIR        = $(DESTDIR)$(PREFIX)/share/man/man1
EXPERIMENTDIR = $(DESTDIR)$(PREFIX)/share/trivium/experiments
COMPLETIONDIR = $(DESTDIR)$(PREFIX)/share/bash-completion/completions

.PHONY: install uninstall
install: all ## Install under PREFIX (/usr/local), in DESTDIR if that is set
	install -d $(BINDIR) $(MANDIR) $(COMPLETIONDIR) $(EXPERIMENTDIR) $(GUEST_ISAS:%=$(GUESTDIR)/%)
	install $(O)/trivium $(BINDIR)
	$(foreach isa,$(GUEST_ISAS),install $(GUEST_PROGRAMS:%=$(O)/guest/$(isa)/%) $(GUESTDIR)/$(isa) &&) :
	install -m 644 $(O)/guest/rv64/kernel $(O)/guest/rv64/initrd.cpio $(GUESTDIR)/rv64
	find guest/bin guest/lib guest/kernel -name '*.[chS]' -exec install -p -D -m 644 {} $(DESTDIR)$(PREFIX)/libexec/trivium/{} \;
	install -m 644 docs/man/*.1 $(MANDIR)
	install -m 644 experiments/*.ini $(EXPERIMENTDIR)
	install -m 644 share/bash-completion/trivium $(COMPLETIONDIR)

uninstall: ## Remove what `make install` put there
	rm -f $(BINDIR)/trivium $(patsubst docs/man/%,$(MANDIR)/%,$(wildcard docs/man/*.1)) \
	    $(COMPLETIONDIR)/trivium
	rm -rf $(DESTDIR)$(PREFIX)/libexec/trivium $(DESTDIR)$(PREFIX)/share/trivium
