/*
 * report_style.c: how figures and the page look; see report.h.
 *
 * The colours are Okabe and Ito's, which people with any sort of colour vision tell apart
 * (https://jfly.uni-koeln.de/color/). No meaning hangs on colour: ways carry names, rows on another
 * kernel are hatched. Text is at least 7:1 against its ground in both themes.
 */
#include "cli/report.h"

const char report_style[] =
    ":root{--ink:#111;--soft:#444;--paper:#fff;--line:#ccc;--dot:#000;--dot-edge:#fff}"
    "@media (prefers-color-scheme:dark){:root{--ink:#f2f2f2;--soft:#c8c8c8;--paper:#16181b;"
    "--line:#4a4d52;--dot:#fff;--dot-edge:#000}}"
    "@media print{:root{--ink:#000;--soft:#333;--paper:#fff;--line:#bbb;--dot:#000;"
    "--dot-edge:#fff}}"
    "text{font:13px system-ui,sans-serif;fill:var(--ink)}"
    ".paper{fill:var(--paper)}.title{font-weight:600;font-size:15px}"
    ".way,.axis-end{text-anchor:end}.tick,.axis{text-anchor:middle;font-size:12px;"
    "fill:var(--soft)}.panel{font-size:12px;fill:var(--soft);paint-order:stroke;stroke:var(--paper);"
    "stroke-width:5px}.value{font-variant-numeric:"
    "tabular-nums}.reason{font-size:12px}"
    ".grid{stroke:var(--line);stroke-width:1}.one{stroke:var(--ink);stroke-width:1.5}"
    ".bar{stroke:var(--ink);stroke-width:.8}.stripe{fill:var(--paper);opacity:.75}"
    ".faint{fill:var(--line)}.none{stroke:var(--line)}"
    ".interval{stroke:var(--ink);stroke-width:1.6;fill:none}"
    ".dot{fill:var(--dot);stroke:var(--dot-edge);stroke-width:.8}"
    ".dropped{fill:none;stroke:var(--ink);stroke-width:1}"
    ".w-native{fill:#999}.w-container{fill:#e69f00}.w-kvm{fill:#009e73}.w-dbt{fill:#0072b2}"
    ".w-threaded{fill:#cc79a7}.w-interp{fill:#d55e00}.w-interp-no-tlb{fill:#f0e442}"
    ".w-other{fill:#56b4e9}";
