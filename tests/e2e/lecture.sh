# shellcheck shell=sh
# lecture.sh: the lecturer's pages, for tests. Source it after tap.sh.

# Commands, as short as can be; their files are in a folder of ours.
shorter()
{
    # shellcheck disable=SC2154 # tap_tmp is tap.sh's
    sed -e "s|build/|$tap_tmp/build/|g" -e 's/ --runs 3//' -e 's/ --quick//' -e 's/--time 0.5/--time 0.05/' \
        -e '/--on\|--replay/!s/trivium race/& --on native,kvm,dbt/' -e '/--replay/!s/trivium race/& --quick --runs 1 --seconds 1/'
}
