# The headline of a race's result file: the least and the most that the interpreter cost, and where.
def slowdown: 1 / .ratio_to_native;
def shown: if . < 10 then . * 10 | round / 10 else round end | "\(.) times";
def name: [.program, .measure] | map(select(. != null)) | join(" ");

.host as $host
| [.results[] | select(.way == "interp" and .mode == "user" and .status == "ok" and .ratio_to_native != null)]
| if length == 0 then error("no interpreted result in this race") else . end
| min_by(slowdown) as $least
| max_by(slowdown) as $most
| "The same work took the interpreted processor between **\($least | slowdown | shown)** "
  + "(`\($least | name)`) and **\($most | slowdown | shown)** (`\($most | name)`)\n"
  + "as long as the real one (\($host.cpu.model), \($host.cpu.online) online; "
  + "\($host.system.kernel) \($host.system.release)"
  + "\(if $host.virtual.hypervisor then "; in a virtual machine" else "" end))."
