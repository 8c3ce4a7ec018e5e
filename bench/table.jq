# The tables of docs/performance.md, made from a result file of the benchmark's driver.

# 1.834 "1.83", 18.34 "18.3", 183.4 "183"
def shown:
    def digits(n): (. * n | round) as $whole | ($whole / n | floor | tostring)
        + (if n == 1 then "" else "." + ((1000 + $whole % n | tostring)[-(n | log10):]) end);
    if . < 10 then digits(100) elif . < 100 then digits(10) else digits(1) end;
def digits_of_ms: . * 1000 | shown;

# "x1.83 (1.80..1.87)"; the interval only where there is one.
def cell:
    if . == null then ""
    elif .status != null and .status != "ok" then "**\(.status)**"
    elif .ratio == null then "-"
    else "\(.ratio | shown)" + (if .low then " (\(.low | shown)..\(.high | shown))" else "" end)
    end;

def row: "| " + join(" | ") + " |";
def median: sort | if length % 2 == 1 then .[length / 2 | floor] else (.[length / 2 - 1] + .[length / 2]) / 2 end;
def unique_in_order: reduce .[] as $x ([]; if index([$x]) then . else . + [$x] end);

# One table: programs down, ways across.
def table($all; $ways; $title):
    if ($ways | length) == 0 then empty else
    ($all.results | map(.program) | unique_in_order) as $programs
    | "\n### \($title)\n",
    (["program", "what it does"] + $ways | row),
    (["---", "---"] + ($ways | map("---:")) | row),
    ($programs[] as $p
        | ($all.results | map(select(.program == $p))) as $of
        | [$p, $of[0].summary] + [$ways[] as $w | $of | map(select(.way == $w))[0] | cell] | row),
    (["tuned", "unseen"][] as $group
        | ($all.means | map(select(.group == $group))) as $of
        | select($of | length > 0)
        | (if $group == "tuned" then "geomean, to tune with" else "geomean, unseen" end) as $name
        | ["**\($name)**", "of \([$of[] | select(.way as $w | $ways | index($w)) | .of] | max // 0) programs"]
            + [$ways[] as $w | $of | map(select(.way == $w))[0]
                | if . == null then "-" else "**" + cell + "**" + (if .programs < .of then " of \(.programs)" else "" end) end]
        | row)
    end;

# How near QEMU's slowdowns are to those that are known of such programs.
def known:
    [.results[] | select(.qemu_known != null and .way == "qemu-riscv64" and .ratio != null)] as $rows
    | if ($rows | length) == 0 then empty else
    "\n### The programs against what is known of QEMU\n",
    "The slowdown of QEMU 7.2's user mode on other programs of the same kinds, and of `qemu-riscv64` on these.",
    "A deviation of more than 25 %, marked (!), would say that a program is no good example of its kind.\n",
    ($rows | map(.program) | ["", .[]] | row), ($rows | ["---"] + map("---:") | row),
    ($rows | ["known"] + map(.qemu_known | shown) | row),
    ($rows | ["here"] + map(.ratio | shown) | row),
    ($rows | ["deviation"] + map((.ratio / .qemu_known - 1) * 100 | round | if . == 0 then 0 else . end
        | "\(if . > 0 then "+" else "" end)\(.) %" + (if fabs > 25 then " **(!)**" else "" end)) | row)
    end;

# Each rung of the ladder beside the same way with all techniques: of as many rounds, where that was measured,
# which is a rung, too; else the way itself.
def ladder:
    [.ways[] | select(.rung) | .name] as $rungs
    | . as $all
    | if ($rungs | length) == 0 then empty else
    "\n### The ladder: what each technique is worth\n",
    (["way", "geomean, to tune with", "against the way as it is", "geomean, unseen"] | row),
    (["---", "---:", "---:", "---:"] | row),
    ($rungs[] as $rung
        | ($rung | split(" ") | .[0] + (if index("--user") then " --user" else "" end)) as $way
        | (if $rungs | index($way + " --dbt=+all") then $way + " --dbt=+all" else $way end) as $plain
        | def mean($way; $group): $all.means | map(select(.way == $way and .group == $group))[0];
        [$rung, (mean($rung; "tuned") | cell),
            (if $rung != $plain and mean($plain; "tuned").ratio and mean($rung; "tuned").ratio
             then "x" + (mean($rung; "tuned").ratio / mean($plain; "tuned").ratio | shown) else "-" end),
            (mean($rung; "unseen") | cell)]
        | row)
    end;

def starts:
    if (.starts | length) == 0 then empty else
    (.starts | map(.program) | unique_in_order) as $programs
    | .starts as $starts
    | "\n### Start-up, in milliseconds\n",
    "From start to exit, elapsed, and user and system CPU time; medians of \([.starts[] | .wall_seconds // [] | length] | max) runs.\n",
    (["way"] + [$programs[] | "\(.), elapsed", "\(.), CPU"] | row),
    (["---"] + [$programs[] | "---:", "---:"] | row),
    (($starts | map(.way) | unique_in_order)[] as $way
        | [$way] + [$programs[] as $p | $starts | map(select(.way == $way and .program == $p))[0]
            | if .status != "ok" then "**\(.status)**", "" else (.wall_median, .cpu_median | digits_of_ms) end]
        | row)
    end;

def failures:
    ([.results[], .starts[]] | map(select(.status != "ok"))) as $failed
    | if ($failed | length) == 0 then empty else
    "\n### What went wrong\n", ($failed[] | "- `\(.program)` by `\(.way)`: \(.reason)") end;

. as $all
| (.results | map(select(.way == "qemu-riscv64" and .native_seconds != null))) as $timed
| "Measured on \(.date): \(.host.cpu), \(.host.online) online, \(.host.kernel) \(.host.release), \(.host.os)"
    + "\(if .host.hypervisor then ", in a virtual machine" else "" end); \(.runs) pairs"
    + "\(if .quick then ", a tenth of the work (QUICK=1)" else "" end).",
  (if ($timed | length) > 0 and (.quick | not) then
    "Natively the programs take \([$timed[] | .native_seconds | median] | min | shown) to "
    + "\([$timed[] | .native_seconds | median] | max | shown) s." else empty end),
  table($all; [.ways[] | select(.mode == "user" and (.rung | not)) | .name]; "User mode: slowdown against native"),
  table($all; [.ways[] | select(.mode == "system" and (.rung | not)) | .name];
    "A whole machine with our kernel: slowdown against native"),
  ladder, starts, known, failures,
  "\n### Flags and versions\n",
  (.facts[] | "- \(.name): `\(.text)`")
