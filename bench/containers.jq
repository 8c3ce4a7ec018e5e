# The table of what a container costs, made from what bench/launch measured; see containers.sh.

def shown: . * 100 | round | "\(. / 100 | floor).\(100 + . % 100 | tostring[1:])";
def median: sort | if length % 2 == 1 then .[length / 2 | floor] else (.[length / 2 - 1] + .[length / 2]) / 2 end;
def row: "| " + join(" | ") + " |";
def warm($name): .rows[] | select(.name == $name) | .warm | min;

. as $all
| "Measured on \(.date): \(.host); \(.versions). \([.rows[].cold | length] | max) cold runs,"
    + " each after \(.pause) s of rest, and \([.rows[].warm | length] | max) warm ones, taken in turn."
    + (if .note == "" then "" else " " + .note end),
  "",
  (["start to exit of a static `hello`, in ms", "warm: least", "median", "cold: least", "median"] | row),
  (["---", "---:", "---:", "---:", "---:"] | row),
  (.rows[]
    | if .reason != "" then ["\(.name): not measured: \(.reason)", "", "", "", ""]
      else [.name] + ([.warm, .cold] | map(min, median | shown)) end
    | row),
  "",
  (warm("trivium, container") as $ours
    | [$all.rows[] | select(.name == "crun" or .name == "runc")] as $others
    | if $ours == null then "Ours could not be measured."
      else "Ours is \(if $ours <= 4 then "within" else "**not** within" end) 4 ms when warm"
        + ([$others[] | select(.reason == "")
            | ", \(if $ours < (.warm | min) then "below" else "**not** below" end) \(.name)"] | join(""))
        + "." end)
