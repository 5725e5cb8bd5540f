#!/bin/sh
# Searches the tracked sources, docs and tests for old names. Prints file:line:text for each hit. Exits with 1 if there is a
# hit, and with 2 if the list is invalid. The list is old-names.txt.
#
#   scripts/check-old-names.sh              checks all tracked files
#   scripts/check-old-names.sh FILE...      checks only these files; the paths are relative to the root of the checkout
set -eu
cd "$(dirname "$0")/.."

list=scripts/old-names.txt
searched='\.(rs|toml|md|html|css|js|mjs|ts|tsx|json|jsonc|yml|yaml|sql|sh|txt)$'
# sqlx stores checksums of the migrations, comments included, so a released migration never changes.
skipped='^(crates/server/migrations/.*|CHANGELOG\.md|scripts/.*)$|(^|/)(node_modules|target)/|(^|/)(Cargo\.lock|package-lock\.json)$'
# The glossary is a table with the old names in its second column.
allowed='^CONTRIBUTING\.md:[0-9]+:\|'

# Joins the lines of the list into one expression: a|b|c.
words=$(grep -Ev '^[[:space:]]*(#|$)' "$list" | tr '\n' '|') || words=
words=${words%|}
# POSIX grep has no option -w, so the expression itself matches whole words.
pattern="(^|[^[:alnum:]_])(${words})([^[:alnum:]_]|\$)"
# An empty text has no match: grep exits with 1, or with 2 if the expression is invalid.
valid=0
printf '' | grep -E -e "$pattern" || valid=$?
if [ -z "$words" ] || [ "$valid" -ne 1 ]; then
  echo "$list is empty or has an invalid expression" >&2
  exit 2
fi

if [ $# -eq 0 ]; then
  # Splits the list of files at line ends only, and expands no wildcards.
  IFS='
'
  set -f
  # shellcheck disable=SC2046
  set -- $(git -c core.quotePath=off ls-files | grep -E "$searched" | grep -Ev "$skipped")
fi

# `-s` ignores tracked files that are deleted. `/dev/null` makes grep print the name even of a single file.
if grep -nsE -e "$pattern" /dev/null "$@" | grep -Ev "$allowed"; then
  exit 1
fi
