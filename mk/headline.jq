# One sentence from a race's result file: the least and the most that the interpreter cost.
def slowdown: 1 / .ratio_to_native;
def shown: if . < 10 then . * 10 | round / 10 else round end | "x\(.)";
def name: [.program, .measure] | map(select(. != null)) | join(" ");

[.results[] | select(.way == "interp" and .status == "ok" and .ratio_to_native != null)]
| if length == 0 then error("no interpreted result in this race") else . end
| min_by(slowdown) as $least
| max_by(slowdown) as $most
| "So the interpreted processor was slower than the real one by **\($least | slowdown | shown)** "
  + "(\($least | name)) to **\($most | slowdown | shown)** (\($most | name))."
