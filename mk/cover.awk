#!/usr/bin/awk -f
# cover.awk: gcov's summary as a table of our files, the least covered first.
/^File '/ {
    file = $2
    gsub(/'/, "", file)
}

/^Lines executed:/ && file != "" {
    split($2, part, /[:%]/)
    if (file !~ /^\// && file !~ /^tests\//)
        print part[2] "% of " $4 " lines  " file | "sort -n"
    file = ""
}
