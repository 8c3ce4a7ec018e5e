# The packages that are needed: deps.sh installs those of packages.txt that are missing. Only these
# targets, `demo` and `check` install anything; nothing else ever needs root.

.PHONY: deps deps-demo deps-bench
deps: ## Install the packages that `make check` needs (nothing happens when all are there)
	@mk/deps.sh check

deps-demo:
	@mk/deps.sh demo

deps-bench: ## Install the tools that `make bench` compares our containers with
	@mk/deps.sh bench
