# tap.awk: judges what one test program printed; tests/run calls it.
#
# In:  the program's TAP as input; -v name, status (its exit status, 128 + n for signal n), seconds,
#      limit, must_work, errors (the file of its standard error), counts (a file to write).
# Out: a line with the totals, then every failed test with its diagnostics and every skipped one with
#      its reason. `counts` receives "PASSED FAILED SKIPPED".
#
# Lines that are not TAP are ignored: they are in the log.

function fail(what)
{
    failed++
    report = report "      not ok - " what "\n"
}

# One test line: "ok 3 - sentence" or "not ok 3 - sentence # SKIP reason".
function test_line(line,    good, number, reason)
{
    good = line ~ /^ok/
    sub(/^(not )?ok */, "", line)
    number = line + 0
    if (number != ++seen)
        fail("test number " number " came where " seen " was due: " line)
    sub(/^[0-9]+ *(- *)?/, "", line)
    reason = ""
    if (match(line, / # SKIP/)) {
        reason = substr(line, RSTART + RLENGTH)
        line = substr(line, 1, RSTART - 1)
        gsub(/^ +| +$/, "", reason)
        if (!good || reason == "")
            fail("a skip needs \"ok\" and a reason: " line)
        else
            skip(line, reason)
    } else if (line == "") {
        fail("test " number " has no name")
    } else if (good) {
        passed++
    } else {
        fail(line)
        diagnose = 1
    }
}

function skip(line, reason)
{
    if (must_work != "") {
        fail(line " (skipped, and CI_MUST_WORK is set: " reason ")")
    } else {
        skipped++
        report = report "      skip - " line ": " reason "\n"
    }
}

/^(not )?ok([ \t]|$)/ {
    diagnose = 0
    test_line($0)
    next
}

/^1\.\.[0-9]+/ {
    diagnose = 0
    if (planned++)
        fail("a second plan: " $0)
    plan = substr($0, 4) + 0
    if (plan == 0) {
        if ($0 ~ /# SKIP +[^ ]/) {
            sub(/.*# SKIP +/, "")
            skip("the whole program", $0)
        } else {
            fail("a plan of no tests, and no reason")
        }
    }
    next
}

/^Bail out!/ { fail($0) }

/^#/ && diagnose { report = report "      " $0 "\n" }

END {
    broken = failed
    if (status == 137 && seconds + 0 >= limit || status == 124 && seconds + 0 >= limit)
        fail("stopped after " limit " seconds")
    else if (status > 128)
        fail("died of signal " status - 128)
    else if (status != 0 && failed == 0)
        fail("exit status " status ", but no test had failed")
    if (!planned)
        fail("no plan")
    else if (seen != plan)
        fail("planned " plan " tests and ran " seen + 0)
    if (failed > broken) {
        # It broke off, or lied: what it said on standard error may tell why.
        while ((getline line < errors) > 0)
            tail[++lines] = line
        for (i = lines > 20 ? lines - 19 : 1; i <= lines; i++)
            report = report "      # stderr: " tail[i] "\n"
    }
    totals = passed + 0 " passed"
    if (failed)
        totals = totals ", " failed " failed"
    if (skipped)
        totals = totals ", " skipped " skipped"
    printf "%s  %-28s %6ss  %s\n%s", failed ? "FAIL" : "ok  ", name, seconds, totals, report
    print passed + 0, failed + 0, skipped + 0 > counts
}
