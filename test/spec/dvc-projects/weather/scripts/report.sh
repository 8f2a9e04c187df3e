# usage: report.sh --unit UNIT --digits N
echo "unit $2, $4 digits"
for file in seasons/*/*.txt; do
  awk -v name="$file" -v digits="$4" '{ printf "%s %." digits "f\n", name, $2 / $1 }' "$file"
done
cat warm.json
