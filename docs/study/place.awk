# SPDX-License-Identifier: Apache-2.0
# The document with each table of the first file behind its line `<!-- table NAME -->`: awk -f place.awk tables.md study.md
FNR == NR {
  if (/^<!-- table /) name = $0
  else if (/^\|/) table[name] = table[name] $0 "\n"
  next
}
/^<!-- table / { print; printf "%s", table[$0]; old = 1; if (!($0 in table)) { print "place.awk: no " $0 >"/dev/stderr"; failed = 1 } placed[$0] = 1; next }
old && /^\|/ { next }
{ old = 0; print }
END {
  for (name in table) if (!(name in placed)) { print "place.awk: the document has no " name >"/dev/stderr"; failed = 1 }
  exit failed
}
