# usage: season.sh FILE WINTER SUMMER NAME: number of readings and their sum
case "$4" in winter) months=$2 ;; *) months=$3 ;; esac
grep -E -- "-($months)-" "$1" | awk -F, '{ n++; sum += $2 } END { printf "%d %d\n", n, sum }'
