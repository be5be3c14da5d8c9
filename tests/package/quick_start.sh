# examples/quickstart.sh, the first thing that README says, ends with the words that its example counts.
set -eu
bash "$(dirname "$0")/../../examples/quickstart.sh" > output 2>&1 || { tail -n 40 output; exit 1; }
grep -E '^[0-9]+ words, [0-9]+ different$' output
