# usage: clean.sh FILE LOW HIGH: readings within bounds, in the order of their dates
awk -F, -v low="$2" -v high="$3" 'NR > 1 && $2 != "" && $2 >= low && $2 <= high' "$1" | LC_ALL=C sort
