# cut.awk: cuts holes into a source file, where its markers say.
#
#     //@lab 2.1 sign-extend the immediate        a region begins: its number, its title
#     return with_sign(bits(word, 31, 20), 11);   what is shipped, and is the reference solution
#     //| (void)word;                             what a student finds in its place
#     //| lab_todo("2.1");
#     //& return shipped(...);                    in a header, for dist: how everybody else comes to it
#     //@end                                      it ends
#
#   awk -v lab=2 -f cut.awk FILE            cuts all regions of lab 2
#   awk -v region=2.1 ...                   cuts this one alone
#   awk -v region=2.1 -v with=TEXT ...      ... and puts the lines of the file TEXT there, from the second on
#   awk -v list=1 ...                       prints "NUMBER<tab>FILE<tab>TITLE" for each region, and no text
#   awk -v solution=2.1 ...                 prints what is shipped in that region
#   awk -v outside=1 ...                    prints what is in no region
#   awk -v dist=1 ...                       puts the skeleton in the place of what is shipped, and keeps the markers;
#                                           or the lines //&, as headers are compiled into other labs, too
#
# Regions that are not cut lose their markers only. A marker that is not well formed is an error, with
# the file and the line, and status 1.

function complain(what)
{
    print FILENAME ":" FNR ": " what > "/dev/stderr"
    failed = 1
}

function must_be_cut()
{
    if (region != "")
        return id "" == region "" # not as numbers: 2.1 is not 2.10
    return lab != "" && id ~ "^" lab "[.]"
}

function text()
{
    return !list && solution == "" && !outside && !dist
}

# The skeleton's lines come once as code, and once as they were.
dist && /^#[ \t]*include/ && !included {
    print "#include \"labs/lab.h\""
    if (FILENAME ~ /[.]h$/)
        print "#include \"labs/shipped.h\""
    included = 1
}

dist && /^[ \t]*\/\/@lab/ {
    inside = 1
    kept = skeleton = shipped = ""
    print
    next
}

dist && inside && /^[ \t]*\/\/@end/ {
    inside = 0
    print (shipped != "" ? shipped : skeleton) kept $0
    next
}

dist && inside {
    if (/^[ \t]*\/\/\|/) {
        kept = kept $0 "\n"
        sub(/\/\/\| ?/, "")
        skeleton = skeleton $0 "\n"
    } else if (sub(/\/\/& ?/, "")) {
        shipped = shipped $0 "\n"
    }
    next
}

dist {
    print
    next
}

# The file that is cut calls lab_todo(); the one that is shipped does not, but in a tree of lab-dist.
/^#include "labs\/lab.h"/ { included = 1 }

text() && !included && /^#[ \t]*include/ {
    print "#include \"labs/lab.h\""
    included = 1
}

/^[ \t]*\/\/@lab/ {
    if (id != "")
        complain("a region begins within region " id)
    if (!match($0, /^[ \t]*\/\/@lab [0-9C]+[.][0-9]+ [^ ]/))
        complain("not //@lab NUMBER.NUMBER TITLE")
    indent = $0
    sub(/\/\/.*/, "", indent)
    id = $2
    title = $0
    sub(/^[ \t]*\/\/@lab [^ ]+ /, "", title)
    if (id in seen)
        complain("region " id " begins a second time")
    seen[id] = 1
    skeleton = 0
    cutting = must_be_cut()
    if (list)
        print id "\t" FILENAME "\t" title
    if (text() && cutting) {
        print indent "/* Lab " id ": " title (title ~ /[?!.]$/ ? "" : ".") " */"
        if (with != "") {
            getline line < with
            while ((getline line < with) > 0)
                print line
        }
    }
    next
}

/^[ \t]*\/\/@end/ {
    if (id == "")
        complain("no region ends here")
    else if (!skeleton)
        complain("region " id " has no skeleton")
    if (text() && cutting)
        print indent "/* (End of " id ".) */"
    id = ""
    next
}

/^[ \t]*\/\/\|/ {
    if (id == "")
        complain("a skeleton in no region")
    skeleton = 1
    if (text() && cutting && with == "") {
        line = $0
        sub(/^[ \t]*\/\/\| ?/, "", line)
        print (line == "" ? "" : indent line)
    }
    next
}

/^[ \t]*\/\/&/ {
    if (!skeleton || FILENAME !~ /[.]h$/)
        complain("//& stands behind the skeleton, in a header")
    next
}

/^[ \t]*\/\/@/ { complain("an unknown marker") }

{
    if (id == "" ? text() || outside : text() && !cutting || id "" == solution "")
        print
    if (id != "" && skeleton)
        complain("region " id " goes on behind its skeleton")
}

END {
    if (id != "")
        complain("region " id " does not end")
    exit failed
}
