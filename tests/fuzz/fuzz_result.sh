#!/bin/sh
# Fuzzes the reader of result files and the laws, starting from the honest files of tests/zoo.
# shellcheck source=tests/fuzz/fuzz.sh
. tests/fuzz/fuzz.sh

# A small file, so that a mutation hits something: the numbers of two rows, and of their runs.
fuzz_seeds()
{
    cp tests/zoo/*.txt "$1" &&
        jq -c '.results |= .[:2] | .executions |= map(select(.entry < 2)) | .host = {cpu: .host.cpu} |
            .results[].counters = null' tests/zoo/honest.json >"$1/small" &&
        jq -c '.results |= .[:1] | .executions |= map(select(.entry < 1)) | .host = {} | .results[].counters = null' \
            tests/zoo/honest.json >"$1/smaller" &&
        jq -c '.results = [] | .executions = [] | .host = {}' tests/zoo/honest.json >"$1/smallest"
}

fuzz result
