#!/bin/sh
# Searches the tracked sources, docs and tests for old names. Prints file:line:text for each hit. Exits with 1 if there is a
# hit, and with 2 if the list is invalid or a file cannot be read. The list is old-names.txt.
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

fail() {
  echo "$1" >&2
  exit 2
}

# Joins the lines of the list into one expression: a|b|c.
words=$(grep -Ev '^[[:space:]]*(#|$)' "$list" | tr '\n' '|') || words=
words=${words%|}
# POSIX grep has no option -w, so the expression itself matches whole words.
pattern="(^|[^[:alnum:]_])(${words})([^[:alnum:]_]|\$)"
# An empty text has no match: grep exits with 1, or with 2 if the expression is invalid.
valid=0
printf '' | grep -E -e "$pattern" || valid=$?
if [ -z "$words" ] || [ "$valid" -ne 1 ]; then
  fail "$list is empty or has an invalid expression"
fi

if [ $# -eq 0 ]; then
  tracked=$(git -c core.quotePath=off ls-files) || fail 'git cannot list the tracked files'
  # A tracked file may be deleted.
  files=$(printf '%s\n' "$tracked" | grep -E "$searched" | grep -Ev "$skipped" |
    while IFS= read -r file; do if [ -e "$file" ]; then printf '%s\n' "$file"; fi; done)
  if [ -z "$files" ]; then
    fail 'git lists no file to check'
  fi
  # Splits the list of files at line ends only, and expands no wildcards.
  IFS='
'
  set -f
  # shellcheck disable=SC2086
  set -- $files
fi

for file in "$@"; do
  if [ ! -f "$file" ]; then
    fail "$file is not a file; paths are relative to the root of the checkout"
  fi
done

# `/dev/null` makes grep print the name even of a single file. grep exits with 1 if it finds nothing, and with 2 if it cannot
# read a file.
status=0
hits=$(grep -nE -e "$pattern" -- /dev/null "$@") || status=$?
if [ "$status" -gt 1 ]; then
  fail 'grep cannot read all files'
fi
if printf '%s\n' "$hits" | grep -Ev "$allowed|^\$"; then
  exit 1
fi
